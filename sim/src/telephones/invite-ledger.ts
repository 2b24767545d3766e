import type { SipMessage } from '@dialplane/sip';

/** One INVITE transaction as the telephone that has sent it sees it, by the branch in its Via. */
interface InviteEntry {
  readonly finals: Set<string>;
}

/** What became of each INVITE that telephones have sent: final responses that differ are told apart by status and To tag. */
export class InviteLedger {
  private readonly invites = new Map<string, InviteEntry>();

  get size(): number {
    return this.invites.size;
  }

  noteSent(message: SipMessage): void {
    if (message.kind !== 'request' || message.method !== 'INVITE') return;
    const key = branchOf(message);
    if (!this.invites.has(key)) this.invites.set(key, { finals: new Set() });
  }

  noteReceived(message: SipMessage): void {
    if (message.kind !== 'response' || message.status < 200 || message.headers.first('CSeq')?.endsWith('INVITE') !== true) return;
    this.invites.get(branchOf(message))?.finals.add(`${message.status} ${message.headers.first('To')?.split('tag=')[1] ?? ''}`);
  }

  /** How many INVITEs had no final response, and how many more than one. */
  verdict(): { readonly unanswered: number; readonly contradicted: number } {
    let [unanswered, contradicted] = [0, 0];
    for (const { finals } of this.invites.values()) {
      if (finals.size === 0) unanswered += 1;
      if (finals.size > 1) contradicted += 1;
    }
    return { unanswered, contradicted };
  }
}

function branchOf(message: SipMessage): string {
  return /branch=([^;,]+)/.exec(message.headers.first('Via') ?? '')?.[1] ?? '';
}
