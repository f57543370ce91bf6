/** The page's only Trusted Types policy. Import this module before any other: a library that sets a script URL
 *  or HTML before the policy stands would be refused by the browser without a word of ours.
 *
 *  Script URLs may point to the own origin or to a blob made on this page; HTML and script text from strings are
 *  refused altogether. https://www.w3.org/TR/trusted-types/ section 2.3 */

interface PolicyFactory {
	createPolicy(name: string, rules: Record<string, (input: string) => string>): unknown;
	readonly defaultPolicy: unknown;
}

/** Raises: TypeError when `url` leaves the own origin and is not a blob of it. */
export function ownScriptUrl(url: string, origin: string): string {
	const target = new URL(url, origin);
	if (target.origin !== origin || !["http:", "https:", "blob:"].includes(target.protocol)) {
		throw new TypeError("script URLs must be of the own origin");
	}
	return url;
}

function refuse(): never {
	throw new TypeError("HTML and script text from strings are refused; build nodes instead");
}

/** Install the policy once per page or worker. */
export function installTrustedTypes(scope: { trustedTypes?: PolicyFactory }, origin: string): void {
	const factory = scope.trustedTypes;
	if (!factory || factory.defaultPolicy) return;
	factory.createPolicy("default", {
		createScriptURL: (url) => ownScriptUrl(url, origin),
		createHTML: refuse,
		createScript: refuse,
	});
}

if (globalThis.location) installTrustedTypes(globalThis as { trustedTypes?: PolicyFactory }, location.origin);
