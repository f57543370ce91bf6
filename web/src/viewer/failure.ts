/** Why an image cannot be shown; each kind has its sentence in the dictionaries. */
export type ViewerFailureKind =
	| "broken"
	| "unsupported"
	| "no-image"
	| "too-large"
	| "ended"
	| "network"
	| "rendering";

/** An image that cannot be shown. `detail`: a technical word for support (a transfer syntax, an HTTP status). */
export class ViewerFailure extends Error {
	constructor(
		readonly kind: ViewerFailureKind,
		readonly detail = "",
	) {
		super(detail ? `${kind}: ${detail}` : kind);
		this.name = "ViewerFailure";
	}
}

/** Anything thrown on the way to the screen, as a failure that can be told. */
export function asFailure(reason: unknown, kind: ViewerFailureKind): ViewerFailure {
	if (reason instanceof ViewerFailure) return reason;
	return new ViewerFailure(kind, reason instanceof Error ? reason.message : "");
}
