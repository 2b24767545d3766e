import { addMilliseconds, earliest, type Instant } from '@dialplane/sansio';
import { readCSeq } from '../headers/cseq.ts';
import { noParameters, readParameters } from '../headers/parameters.ts';
import { type Replaces, readReferTarget, writeReplaces } from '../headers/replaces.ts';
import { reasonPhrases } from '../message/reason-phrases.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { decodeSipText, encodeSipText } from '../message/sip-text.ts';
import { writeUriHeaders } from '../uri/uri-headers.ts';
import type { SessionCommand } from '../user-agent/user-agent-command.ts';
import { type RequestOutcome, sendRequest } from './send-request.ts';
import type { InviteUsage } from './invite-usage.ts';
import { withBody } from './session-body.ts';
import type { TheirTransaction } from './session-keeper.ts';

/** How long a referral of the peer's may take; what its subscription is good for. */
const referralSeconds = 180;
/** Ours: longer, so that the peer's last word is heard. */
const ownReferralSeconds = 240;

/** A REFER of the peer's: `open` waits for the owner, `accepted` for what becomes of the call. */
type IncomingReferral =
  | { readonly kind: 'open'; readonly transaction: TheirTransaction }
  | { readonly kind: 'accepted'; readonly expireAt: Instant };

interface OutgoingReferral {
  readonly expireAt: Instant;
}

type ReferCommand = Extract<SessionCommand, { readonly kind: 'refer' }>;
type ReportCommand = Extract<SessionCommand, { readonly kind: 'reportRefer' }>;

/**
 * REFER within a dialog and the subscriptions that it founds (RFC 3515), both ways. A referral is named by the CSeq number of its REFER.
 *
 * The peer's: open → accepted (NOTIFY 100) → … (NOTIFY of each status) → over with a final one. Ours: sent → … → over with a final NOTIFY, or a refusal.
 */
export class Referrals {
  private readonly usage: InviteUsage;
  private readonly incoming = new Map<string, IncomingReferral>();
  private readonly outgoing = new Map<string, OutgoingReferral>();

  constructor(usage: InviteUsage) {
    this.usage = usage;
  }

  get dueAt(): Instant | undefined {
    let due: Instant | undefined;
    for (const referral of this.outgoing.values()) due = earliest(due, referral.expireAt);
    for (const referral of this.incoming.values()) if (referral.kind === 'accepted') due = earliest(due, referral.expireAt);
    return due;
  }

  /** Asks the peer to call somebody. */
  refer(command: ReferCommand, now: Instant): void {
    const { session, dialog } = this.usage;
    if (this.outgoing.size >= session.keeper.limits.referrals) return session.tell({ kind: 'referEnded', status: 503, reason: 'Too many transfers at a time' });
    const replaced = command.replacesSessionId === undefined ? undefined : session.keeper.sessionNamed(command.replacesSessionId)?.usage?.dialog;
    let referId: string | undefined;
    const build = () => {
      const request = dialog.request('REFER');
      if (referId !== undefined) this.outgoing.delete(referId);
      referId = idOf(request);
      this.outgoing.set(referId, { expireAt: addMilliseconds(now, ownReferralSeconds * 1000) });
      request.headers.add('Refer-To', referTo(command.target, replaced?.replaces));
      if (command.referredBy !== undefined) request.headers.add('Referred-By', command.referredBy);
      request.headers.add('Contact', `<${dialog.contact}>`);
      for (const [name, value] of command.headers ?? []) request.headers.add(name, value);
      return request;
    };
    sendRequest(session, build, (outcome, at) => this.handleReferAnswer(referId ?? '', outcome, at), now);
  }

  /** REFER from the peer (RFC 3515 §2.4.2). */
  handleRefer(transaction: TheirTransaction, now: Instant): void {
    const { usage } = this;
    const { request } = transaction;
    const asked = readReferTarget(request.headers);
    if (asked === undefined) return usage.respond(transaction, 400, now);
    // RFC 3515 §2.4.2: what cannot be done is not accepted.
    if (asked.method !== 'INVITE') return usage.respond(transaction, 405, now, [['Allow', 'INVITE']]);
    if (this.incoming.size >= usage.session.keeper.limits.referrals) return usage.respond(transaction, 503, now);
    const referId = idOf(request);
    this.incoming.set(referId, { kind: 'open', transaction });
    const replaced = asked.replaces === undefined ? undefined : usage.session.keeper.sessionReplacedBy(asked.replaces);
    usage.session.tell({
      kind: 'referReceived',
      referId,
      target: asked.uri,
      request,
      ...(asked.replaces === undefined ? {} : { replaces: writeReplaces(asked.replaces) }),
      ...(replaced === undefined ? {} : { replacesSessionId: replaced.sessionId }),
    });
  }

  /** The owner's answer to a REFER: 202 and a first NOTIFY at once, or a refusal. */
  answer(referId: string, status: number, now: Instant): void {
    const { usage } = this;
    const referral = this.incoming.get(referId);
    if (referral?.kind !== 'open') return;
    this.incoming.delete(referId);
    const wantsNotify = referral.transaction.request.headers.first('Refer-Sub')?.trim().toLowerCase() !== 'false';
    const isAccepted = status < 300;
    const contact = ['Contact', `<${usage.dialog.contact}>`] as const;
    usage.respond(referral.transaction, status, now, !isAccepted ? [] : wantsNotify ? [contact] : [contact, ['Refer-Sub', 'false']]);
    if (!isAccepted || !wantsNotify) return;
    this.incoming.set(referId, { kind: 'accepted', expireAt: addMilliseconds(now, referralSeconds * 1000) });
    this.notify(referId, 100, reasonPhrases[100] ?? '', now);
  }

  /** What became of the call that the peer asked for. */
  report(command: ReportCommand, now: Instant): void {
    if (this.incoming.get(command.referId)?.kind !== 'accepted') return;
    if (command.status >= 200) this.incoming.delete(command.referId);
    this.notify(command.referId, command.status, command.reason ?? reasonPhrases[command.status] ?? '', now);
  }

  /** NOTIFY about a REFER of ours (RFC 3515 §2.4.4); about anything else: 489, or 481 where nothing was subscribed to. */
  handleNotify(transaction: TheirTransaction, now: Instant): void {
    const { usage } = this;
    const { headers, body } = transaction.request;
    const event = headers.first('Event') ?? '';
    if (!/^refer\s*(?:;|$)/i.test(event)) return usage.respond(transaction, 489, now, [['Allow-Events', 'refer']]);
    const at = event.indexOf(';');
    const parameters = (at < 0 ? undefined : readParameters(event, at)) ?? noParameters;
    const referId = parameters.get('id') ?? this.outgoing.keys().next().value;
    if (referId === undefined || !this.outgoing.has(referId)) return usage.respond(transaction, 481, now);
    usage.respond(transaction, 200, now);
    const { status, reason } = readStatusLine(body);
    const isOver = status >= 200 || /^\s*terminated/i.test(headers.first('Subscription-State') ?? '');
    if (isOver) this.outgoing.delete(referId);
    usage.session.tell({ kind: isOver ? 'referEnded' : 'referProgressed', status: isOver && status < 200 ? 0 : status, reason });
  }

  handleTimeout(now: Instant): void {
    for (const [referId, referral] of this.outgoing) {
      if (now < referral.expireAt) continue;
      this.outgoing.delete(referId);
      this.usage.session.tell({ kind: 'referEnded', status: 0, reason: '' });
    }
    for (const [referId, referral] of this.incoming) {
      if (referral.kind !== 'accepted' || now < referral.expireAt) continue;
      this.incoming.delete(referId);
      this.notify(referId, 408, reasonPhrases[408] ?? '', now);
    }
  }

  /** The session ends: what was not decided is refused. */
  close(now: Instant): void {
    for (const referral of this.incoming.values()) if (referral.kind === 'open') this.usage.respond(referral.transaction, 603, now);
    this.incoming.clear();
    this.outgoing.clear();
  }

  private handleReferAnswer(referId: string, outcome: RequestOutcome, now: Instant): void {
    const { usage } = this;
    const isAccepted = outcome.status < 300;
    if (isAccepted && outcome.response?.headers.first('Refer-Sub')?.trim().toLowerCase() !== 'false') return;
    if (!this.outgoing.delete(referId)) return;
    usage.session.tell({ kind: 'referEnded', status: isAccepted ? 0 : outcome.status, reason: outcome.response?.reason ?? reasonPhrases[outcome.status] ?? '' });
    if (outcome.status === 481) usage.handleLoss(now);
  }

  private notify(referId: string, status: number, reason: string, now: Instant): void {
    const { session, dialog } = this.usage;
    const build = () => {
      const request = dialog.request('NOTIFY');
      request.headers.add('Contact', `<${dialog.contact}>`);
      request.headers.add('Event', `refer;id=${referId}`);
      request.headers.add('Subscription-State', status >= 200 ? 'terminated;reason=noresource' : `active;expires=${referralSeconds}`);
      return withBody(request, 'message/sipfrag;version=2.0', encodeSipText(`SIP/2.0 ${status} ${reason}\r\n`));
    };
    sendRequest(session, build, (outcome) => {
      if (outcome.status === 481) this.incoming.delete(referId);
    }, now);
  }
}

/** Refer-To: whom to call, and for an attended transfer the dialog that the call takes over (RFC 5589 §7). */
function referTo(target: string, replaces: Replaces | undefined): string {
  return replaces === undefined ? `<${target}>` : `<${target}${target.includes('?') ? '&' : '?'}${writeUriHeaders([['Replaces', writeReplaces(replaces)]])}>`;
}

function idOf(request: SipRequest): string {
  return String(readCSeq(request.headers)?.number ?? 0);
}

/** The status line that a `message/sipfrag` begins with (RFC 3420); 100 where there is none. */
function readStatusLine(body: Uint8Array): { readonly status: number; readonly reason: string } {
  const match = /^SIP\/2\.0 (\d{3})(?: ([^\r\n]*))?/i.exec(decodeSipText(body.subarray(0, 512)));
  return { status: Number(match?.[1] ?? 100), reason: match?.[2] ?? '' };
}
