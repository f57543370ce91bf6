/** Waiting times that grow, with full jitter, so that a thousand browsers do not come back in one moment. */
export function backoffMs(
	attempt: number,
	{ firstMs = 500, longestMs = 30_000 } = {},
	random = Math.random,
): number {
	return Math.round(random() * Math.min(longestMs, firstMs * 2 ** attempt));
}

export function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
