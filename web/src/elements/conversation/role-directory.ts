/** A role as the directory tells it (GET /api/v1/roles). */
export interface FoundRole {
	id: string;
	name: string;
	department: string;
	hospital: string;
	organisationId: string;
	/** Whether the reader may know who is on duty. */
	told: boolean;
	/** Empty while nobody is. */
	holder: string;
}

interface Found {
	results: {
		id: string;
		name: string;
		department: string;
		organisation_id: string;
		organisation_name: string;
		told: boolean;
		held: { name: string } | null;
	}[];
}

/** Search the roles of all hospitals. Raises: Error when it does not answer. */
export async function searchRoles(query: string, signal: AbortSignal): Promise<FoundRole[]> {
	const address = `/api/v1/roles?${new URLSearchParams({ q: query })}`;
	const response = await fetch(address, { signal, headers: { accept: "application/json" } });
	if (!response.ok) throw new Error(`HTTP ${response.status}`);
	const found = (await response.json()) as Found;
	return found.results.map((result) => ({
		id: result.id,
		name: result.name,
		department: result.department,
		hospital: result.organisation_name,
		organisationId: result.organisation_id,
		told: result.told,
		holder: result.held?.name ?? "",
	}));
}
