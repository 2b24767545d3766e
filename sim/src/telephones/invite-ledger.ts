import type { SipMessage } from '@dialplane/sip';

/** One INVITE transaction as the telephone that has sent it sees it, by the branch in its Via. */
interface InviteEntry {
  /** Addresses of who has sent it and of who is to answer. */
  readonly parties: readonly [string, string];
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
    if (!this.invites.has(key)) this.invites.set(key, { parties: [hostIn(message.headers.first('Via') ?? ''), hostIn(message.uri)], finals: new Set() });
  }

  noteReceived(message: SipMessage): void {
    if (message.kind !== 'response' || message.status < 200 || message.headers.first('CSeq')?.endsWith('INVITE') !== true) return;
    this.invites.get(branchOf(message))?.finals.add(`${message.status} ${message.headers.first('To')?.split('tag=')[1] ?? ''}`);
  }

  /** How many INVITEs had no final response, apart from those of telephones that have vanished, and how many more than one. */
  verdict(vanished: ReadonlySet<string>): { readonly unanswered: number; readonly abandoned: number; readonly contradicted: number } {
    let [unanswered, abandoned, contradicted] = [0, 0, 0];
    for (const { parties, finals } of this.invites.values()) {
      if (finals.size > 1) contradicted += 1;
      if (finals.size > 0) continue;
      if (parties.some((party) => vanished.has(party))) abandoned += 1;
      else unanswered += 1;
    }
    return { unanswered, abandoned, contradicted };
  }
}

function hostIn(text: string): string {
  return /\d+\.\d+\.\d+\.\d+/.exec(text)?.[0] ?? '';
}

function branchOf(message: SipMessage): string {
  return /branch=([^;,]+)/.exec(message.headers.first('Via') ?? '')?.[1] ?? '';
}
