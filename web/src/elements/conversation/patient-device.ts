import { make } from "../../dom/make";
import type { CasePage } from "../../engine/case-types";
import type { Conversation, MessengerFailure } from "../../engine/types";
import { t } from "../../i18n/patient";
import { csrfToken } from "../../lib/csrf";
import { Http, Unreachable } from "../../lib/http";
import type { Context } from "./context";
import { FormDialog } from "./form-dialog";
import { patientsOf } from "./patient-reads";

type Patient = NonNullable<CasePage["patient"]>;

/** Patients stand in no directory: who has a new device, or comes back with a new access, is brought in from here. */
export function askPatientDevice(context: Context, conversation: Conversation, patient: Patient): void {
	const name = `${patient.givenName} ${patient.familyName}`;
	const texts = { heading: t("device.heading", { name }), action: t("device.action"), busy: t("begin.busy") };
	const bringIn = async () => {
		const personId = patientsOf(conversation)[0]?.personId ?? (await whoSignsInFor(patient.id, name));
		await context.messenger.add(conversation.id, [personId]);
		context.announce(t("device.done"));
	};
	const about = make("p", { text: t("device.text", { name }) });
	new FormDialog(texts, [about], () => "", bringIn).show();
}

/** Raises: MessengerFailure. */
async function whoSignsInFor(patientId: string, name: string): Promise<string> {
	const http = new Http({ csrf: async () => csrfToken() });
	const path = `/api/v1/patients/${patientId}/correspondence`;
	const found = await http.get<{ person_id: string | null; reachable: boolean }>(path).catch((error) => {
		throw error instanceof Unreachable ? failure("offline") : error;
	});
	if (!found.person_id || !found.reachable) throw failure("no-device", name);
	return found.person_id;
}

function failure(code: string, detail = ""): MessengerFailure {
	return { code, detail };
}
