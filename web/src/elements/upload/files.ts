/** Files as people give them: chosen, dropped one by one, or a whole folder (the CD of a patient). */

/** DICOM PS3.10 section 7.1: a preamble of 128 bytes, then these four letters. */
const DICOM_PREFIX = "DICM";

export async function looksLikeDicom(file: Blob): Promise<boolean> {
	const bytes = new Uint8Array(await file.slice(128, 132).arrayBuffer());
	return String.fromCharCode(...bytes) === DICOM_PREFIX;
}

/** A CD's table of contents and the viewer programs beside the images are no findings. */
export function isByCatch(file: File): boolean {
	return file.name === "DICOMDIR" || file.name.startsWith(".");
}

/** All files of a drop, folders read to their ends. Must be called in the drop's own turn. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
	const entries = [...transfer.items]
		.map((item) => item.webkitGetAsEntry())
		.filter((entry) => entry !== null);
	if (entries.length === 0) return [...transfer.files];
	const found = await Promise.all(entries.map(filesOf));
	return found.flat();
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
	if (entry.isFile) return [await fileOf(entry as FileSystemFileEntry)];
	const children = await childrenOf((entry as FileSystemDirectoryEntry).createReader());
	return (await Promise.all(children.map(filesOf))).flat();
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
	return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** `readEntries` gives a hundred at a time, and none when it is through. */
async function childrenOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
	const all: FileSystemEntry[] = [];
	for (;;) {
		const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
			reader.readEntries(resolve, reject),
		);
		if (some.length === 0) return all;
		all.push(...some);
	}
}
