/** The CSRF token that Django put into a readable cookie; it goes back in the header `X-CSRFToken`. */
export function csrfToken(cookies: string = document.cookie): string {
	const found = /(?:^|;\s*)(?:__Host-)?csrf=([^;]+)/.exec(cookies);
	return found?.[1] ?? "";
}
