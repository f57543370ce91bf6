import type { FoundRole } from "./role-directory";

/** A colleague as the directory tells it (GET /api/v1/directory). */
export interface Colleague {
	personId: string;
	name: string;
	function: string;
	speciality: string;
	organisation: { id: string; name: string; verified: boolean };
	/** Has a device, so that messages can be encrypted to it. */
	reachable: boolean;
	/** Not a person, but a role that somebody fills. */
	role?: FoundRole;
}

interface Found {
	results: {
		person_id: string;
		name: string;
		function: string;
		speciality: string;
		organisation: { id: string; name: string; verified_at: string | null };
		reachable: boolean;
	}[];
}

/** Search the directory of all hospitals. `query`: parts of a name. Raises: Error when it does not answer. */
export async function searchDirectory(query: string, signal: AbortSignal): Promise<Colleague[]> {
	const address = `/api/v1/directory?${new URLSearchParams({ q: query })}`;
	const response = await fetch(address, { signal, headers: { accept: "application/json" } });
	if (!response.ok) throw new Error(`HTTP ${response.status}`);
	const found = (await response.json()) as Found;
	return found.results.map((result) => ({
		personId: result.person_id,
		name: result.name,
		function: result.function,
		speciality: result.speciality,
		organisation: {
			id: result.organisation.id,
			name: result.organisation.name,
			verified: result.organisation.verified_at !== null,
		},
		reachable: result.reachable,
	}));
}
