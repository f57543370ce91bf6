/** Passkeys between the server's JSON and the browser's bytes (WebAuthn Level 3, section 5.1.8 and 5.1.9).
 *
 *  By hand, because not every browser that knows passkeys has `parseRequestOptionsFromJSON` and `toJSON`. */

export interface CredentialJson {
	id: string;
	type: string;
	transports?: AuthenticatorTransport[];
}

export interface OptionsJson {
	challenge: string;
	user?: { id: string; name: string; displayName: string };
	allowCredentials?: CredentialJson[];
	excludeCredentials?: CredentialJson[];
	[member: string]: unknown;
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
	const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
	return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export function toBase64Url(bytes: ArrayBuffer): string {
	const binary = String.fromCharCode(...new Uint8Array(bytes));
	return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** What `navigator.credentials.get({ publicKey })` takes. */
export function requestOptions(json: OptionsJson): PublicKeyCredentialRequestOptions {
	return {
		...json,
		challenge: fromBase64Url(json.challenge),
		allowCredentials: json.allowCredentials?.map(descriptor) ?? [],
	} as PublicKeyCredentialRequestOptions;
}

/** What `navigator.credentials.create({ publicKey })` takes. */
export function creationOptions(json: OptionsJson): PublicKeyCredentialCreationOptions {
	return {
		...json,
		challenge: fromBase64Url(json.challenge),
		user: { ...json.user, id: fromBase64Url(json.user?.id ?? "") },
		excludeCredentials: json.excludeCredentials?.map(descriptor) ?? [],
	} as unknown as PublicKeyCredentialCreationOptions;
}

/** The answer of an authenticator, as the server reads it. */
export function answerJson(credential: PublicKeyCredential): string {
	const { response } = credential;
	const parts: Record<string, ArrayBuffer | null> = { clientDataJSON: response.clientDataJSON };
	if (response instanceof AuthenticatorAttestationResponse) {
		parts.attestationObject = response.attestationObject;
	} else if (response instanceof AuthenticatorAssertionResponse) {
		parts.authenticatorData = response.authenticatorData;
		parts.signature = response.signature;
		parts.userHandle = response.userHandle;
	}
	return JSON.stringify({
		id: credential.id,
		rawId: toBase64Url(credential.rawId),
		type: credential.type,
		response: encoded(parts),
	});
}

function encoded(parts: Record<string, ArrayBuffer | null>): Record<string, string> {
	const present = Object.entries(parts).filter((part): part is [string, ArrayBuffer] => part[1] !== null);
	return Object.fromEntries(present.map(([name, bytes]) => [name, toBase64Url(bytes)]));
}

function descriptor({ id, type, transports }: CredentialJson): PublicKeyCredentialDescriptor {
	return { id: fromBase64Url(id), type: type as "public-key", ...(transports && { transports }) };
}
