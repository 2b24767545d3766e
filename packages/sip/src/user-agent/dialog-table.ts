import { readAddress, tagOf } from '../headers/address.ts';
import type { Replaces } from '../headers/replaces.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { InviteUsage } from '../session/invite-usage.ts';
import type { Session } from '../session/session.ts';

/** The dialogs of all sessions, by Call-ID and both tags (RFC 3261 §12). */
export class DialogTable {
  private readonly usages = new Map<string, InviteUsage>();
  /** Where we were called, by what the caller alone has said. */
  private readonly calls = new Map<string, InviteUsage>();

  get size(): number {
    return this.usages.size;
  }

  join(usage: InviteUsage): void {
    const { callId, localTag, remoteTag } = usage.dialog;
    this.usages.set(keyOf(callId, localTag, remoteTag), usage);
    if (usage.role === 'callee') this.calls.set(keyOf(callId, '', remoteTag), usage);
    usage.session.usages.add(usage);
  }

  leave(usage: InviteUsage): void {
    const { callId, localTag, remoteTag } = usage.dialog;
    const key = keyOf(callId, localTag, remoteTag);
    if (this.usages.get(key) === usage) this.usages.delete(key);
    const callKey = keyOf(callId, '', remoteTag);
    if (this.calls.get(callKey) === usage) this.calls.delete(callKey);
    usage.session.usages.delete(usage);
  }

  leaveAll(session: Session): void {
    for (const usage of session.usages) this.leave(usage);
  }

  /** The dialog that a request is in: its To tag is ours (RFC 3261 §12.2.2). */
  of(request: SipRequest): InviteUsage | undefined {
    const [from, to] = [readAddress(request.headers, 'From'), readAddress(request.headers, 'To')];
    const localTag = to === undefined ? undefined : tagOf(to);
    if (from === undefined || localTag === undefined) return undefined;
    return this.usages.get(keyOf(request.headers.first('Call-ID') ?? '', localTag, tagOf(from) ?? ''));
  }

  /** Whether an INVITE without To tag belongs to a call that is under way: it has come another way before (RFC 3261 §8.2.2.2). */
  hasCallOf(invite: SipRequest): boolean {
    const from = readAddress(invite.headers, 'From');
    const usage = from === undefined ? undefined : this.calls.get(keyOf(invite.headers.first('Call-ID') ?? '', '', tagOf(from) ?? ''));
    return usage !== undefined && usage.dialog.hasSeen(invite);
  }

  /** The dialog that a Replaces names: its to-tag is ours (RFC 3891 §3). */
  replacedBy(replaces: Replaces): InviteUsage | undefined {
    return this.usages.get(keyOf(replaces.callId, replaces.toTag, replaces.fromTag));
  }
}

function keyOf(callId: string, localTag: string, remoteTag: string): string {
  return `${localTag} ${remoteTag} ${callId}`;
}
