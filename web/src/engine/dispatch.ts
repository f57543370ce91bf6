/** Calls of a page, by their name, to what answers them. */

import type { CaseAct } from "./case-types";
import type { Desk } from "./desk";
import type { Method } from "./rpc";
import type { SearchQuery } from "./search-types";
import type {
	Annotation,
	ApprovalWishes,
	ContactAnswer,
	JoinProof,
	MessagePage,
	NewConversation,
	SendOptions,
} from "./types";
import type { AcknowledgementKind, Newcomer, UrgentOrder } from "./urgent-types";

export function dispatch(
	desk: Desk,
	method: Method,
	args: unknown[],
	progress: (done: number, total: number) => void,
): Promise<unknown> {
	const [first, second, third, fourth] = args;
	switch (method) {
		case "conversations":
			return desk.conversations();
		case "messages":
			return desk.messages(String(first), second as MessagePage | undefined);
		case "around":
			return desk.around(String(first));
		case "search":
			return desk.search.find(first as SearchQuery, progress);
		case "create":
			return desk.create(first as NewConversation);
		case "add":
			return desk.add(String(first), second as string[]);
		case "remove":
			return desk.remove(String(first), String(second));
		case "send":
			return desk.send(String(first), String(second), third as SendOptions | undefined);
		case "attach":
			return desk.attach(
				String(first),
				second as File,
				String(third ?? ""),
				fourth as SendOptions | undefined,
			);
		case "message":
			return desk.talk.message(String(first));
		case "annotate":
			return desk.talk.annotate(String(first), second as Annotation);
		case "forward":
			return desk.talk.forward(String(first), String(second));
		case "pauseUpload":
			return desk.files.pause(String(first));
		case "resumeUpload":
			return desk.files.proceed(String(first));
		case "supplyFile":
			return desk.files.supply(String(first), second as File);
		case "waiting":
			return desk.waiting();
		case "retry":
			return desk.retry(String(first));
		case "discard":
			return desk.discard(String(first));
		case "markSeen":
			return desk.markSeen(String(first), Number(second));
		case "answerContact":
			return desk.contacts.answer(String(first), second as ContactAnswer);
		case "contactRoles":
			return desk.contacts.roles(String(first));
		case "resendToRole":
			return desk.contacts.resend(String(first));
		case "rolePlan":
			return desk.urgents.plan(String(first), Number(second));
		case "sendUrgent":
			return desk.urgents.send(String(first), String(second), third as UrgentOrder);
		case "acknowledge":
			return desk.urgents.acknowledge(String(first), second as AcknowledgementKind);
		case "handBack":
			return desk.urgents.handBack(String(first));
		case "withdrawUrgent":
			return desk.urgents.withdraw(String(first));
		case "openItems":
			return desk.urgents.openItems();
		case "bringIn":
			return desk.urgents.bringIn(first as Newcomer);
		case "actOnCase":
			return desk.cases.act(String(first), second as CaseAct);
		case "takeIntoRecord":
			return desk.recording.take(String(first), second as string[], progress);
		case "casePage":
			return desk.cases.page(String(first));
		case "open":
			return desk.downloads.open(String(first), progress);
		case "saveInto":
			return desk.downloads.saveInto(String(first), second as FileSystemFileHandle, progress);
		case "stopOpening":
			return desk.downloads.stop(String(first));
		case "safetyNumber":
			return desk.safetyNumber(String(first), String(second));
		case "confirmSafetyNumber":
			return desk.confirmSafetyNumber(String(first), String(second), String(third));
		case "mayApprove":
			return Promise.resolve(desk.companions.mayApprove);
		case "historyAtHand":
			return desk.companions.historyAtHand();
		case "approve":
			return desk.companions.approve(String(first), second as JoinProof, third as ApprovalWishes, progress);
		case "historyRead":
			return desk.companions.historyRead();
	}
}
