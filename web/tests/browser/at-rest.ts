/** What somebody with the browser's profile in hand could read. */

/** Bytes of all databases of this origin that contain one of the texts. */
export async function plaintextAtRest(needles: string[]): Promise<string[]> {
	const found: string[] = [];
	for (const { name = "" } of await indexedDB.databases()) {
		const database = await new Promise<IDBDatabase>((resolve, reject) => {
			const request = indexedDB.open(name);
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(request.error);
		});
		for (const table of database.objectStoreNames) {
			const rows = await new Promise<unknown[]>((resolve, reject) => {
				const request = database.transaction(table).objectStore(table).getAll();
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error);
			});
			const spelled = rows.map(spell).join("\n");
			for (const needle of needles) if (spelled.includes(needle)) found.push(`${name}/${table}: ${needle}`);
		}
		database.close();
	}
	return found;
}

/** Everything in a record, binary parts as the text they might be. */
function spell(value: unknown): string {
	if (value instanceof Uint8Array) return new TextDecoder("latin1").decode(value);
	if (value instanceof ArrayBuffer) return spell(new Uint8Array(value));
	if (Array.isArray(value)) {
		const bytes = value.length > 0 && value.every((one) => typeof one === "number");
		return bytes ? spell(Uint8Array.from(value as number[])) : value.map(spell).join(" ");
	}
	if (typeof value === "object" && value !== null) return Object.values(value).map(spell).join(" ");
	return String(value);
}
