import assert from 'node:assert/strict';
import type { MediaCommand, MediaEvent, RtpLegRequest, WebrtcLegRequest } from '@dialplane/media-api';
import { instant, type Instant } from '@dialplane/sansio';
import { parseSipMessage, type SessionCommand, type SessionEvent, type SipFlow, type SipResponse } from '@dialplane/sip';
import type { LineEvent } from '@dialplane/telephony-api';
import type { FarSide, LineAttempt } from './far-side.ts';
import type { Line, LineInput } from './line.ts';
import type { LineOutput } from './live-line.ts';
import { sdpBytes, sdpText } from './sdp-text.ts';

export const place = { conferenceId: 'conference', legId: 'leg' };
export const identifier = '4:+12025550100';
export const inside: SipFlow = { transport: 'inside', local: { address: '192.0.2.1', port: 5060 }, remote: { address: '192.0.2.2', port: 5060 } };

/** SDP of a telephone with sound that flows this way. */
export function sdpOf(direction: 'sendrecv' | 'sendonly' | 'inactive' = 'sendrecv'): string {
  return ['v=0', 'o=- 1 1 IN IP4 198.51.100.7', 's=-', 'c=IN IP4 198.51.100.7', 't=0 0', 'm=audio 30000 RTP/AVP 0', `a=${direction}`, ''].join('\r\n');
}

export function far(trunk: string, terms: Partial<FarSide> = {}): FarSide {
  return { trunk, media: { srtp: 'forbidden', dtmf: 'rfc4733', codecs: ['PCMU'] }, ringback: 'theirs', offer: 'early', transfer: 'refer', attendedTransfer: 'refer', ...terms };
}

export function attempt(trunk: string, terms: Partial<FarSide> = {}): LineAttempt {
  return {
    far: far(trunk, terms), callerId: '+12025550190', why: `${trunk} is first.`,
    invite: { route: { flow: inside, trunkId: trunk }, uri: `sip:+12025550100@${trunk}`, from: '<sip:+12025550190@here.test>', contact: 'sip:here.test' },
  };
}

export function response(status: number, reason: string): SipResponse {
  const message = parseSipMessage(sdpBytes(`SIP/2.0 ${status} ${reason}\r\nVia: SIP/2.0/UDP here.test;branch=z9hG4bK1\r\nFrom: <sip:a@here.test>;tag=1\r\nTo: <sip:b@there.test>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`));
  assert.equal(message.kind, 'response');
  return message as SipResponse;
}

type WithoutSession<Event> = Event extends SessionEvent ? Omit<Event, 'sessionId'> : never;

/** Turns a line by hand: gives it inputs, and tells in short what came of each. */
export class TestLine {
  readonly line: Line;
  now: Instant = instant(0);

  constructor(line: Line) {
    this.line = line;
  }

  command(command: Extract<LineInput, { readonly kind: 'command' }>['command']): readonly string[] {
    return this.give({ kind: 'command', command });
  }

  /** What the session of the attempt, or of the dialog, says. */
  session(event: WithoutSession<SessionEvent>): readonly string[] {
    return this.give({ kind: 'session', event: { ...event, sessionId: this.line.sessionId } as Extract<LineInput, { readonly kind: 'session' }>['event'] });
  }

  media(event: MediaEvent): readonly string[] {
    return this.give({ kind: 'media', event });
  }

  described(type: 'offer' | 'answer', sdp: string, at = place): readonly string[] {
    return this.media({ kind: 'legDescribed', ...at, description: { type, sdp, revision: 1, streams: [] } });
  }

  give(input: LineInput): readonly string[] {
    this.line.handle(input, this.now);
    return this.outputs();
  }

  /** Lets time pass to the next deadline. */
  wait(): readonly string[] {
    this.now = this.line.pollTimeout() ?? assert.fail('nothing is waited for');
    this.line.handleTimeout(this.now);
    return this.outputs();
  }

  outputs(): readonly string[] {
    const said: string[] = [];
    for (let output = this.line.poll(); output !== undefined; output = this.line.poll()) said.push(inShort(output));
    return said;
  }
}

function inShort(output: LineOutput): string {
  switch (output.kind) {
    case 'tell':
      return `tell ${ofEvent(output.event)}`;
    case 'media':
      return `media ${ofMedia(output.command)}`;
    case 'redirected':
      return `redirected ${output.reason} ${output.contacts.join()}`;
    case 'trunkCalled':
      return `${output.outcome.kind} ${output.trunk} ${output.address}`;
    case 'session':
      return `session ${ofSession(output.command)}`;
  }
}

function ofEvent(event: LineEvent): string {
  const { kind, lineId: _, ...rest } = event as LineEvent & { readonly lineId?: string };
  return `${kind} ${JSON.stringify(rest)}`;
}

function ofMedia(command: MediaCommand): string {
  const at = 'legId' in command ? `${command.conferenceId}/${command.legId}` : command.conferenceId;
  if (command.kind === 'openLeg') return `openLeg ${at}${command.request.offer === undefined ? '' : ` with ${command.request.offer.sdp}`}${directionIn(command.request)}`;
  if (command.kind === 'describe') return `describe ${at} ${command.description.type} ${command.description.sdp}`;
  return `${command.kind} ${at}${command.kind === 'offer' ? ` ${command.direction}` : ''}${command.kind === 'sendDtmf' ? ` ${command.tones}` : ''}`;
}

/** Where it is not the usual one. */
function directionIn(request: WebrtcLegRequest | RtpLegRequest): string {
  return 'direction' in request && request.direction !== undefined && request.direction !== 'sendrecv' ? ` ${request.direction}` : '';
}

function ofSession(command: SessionCommand): string {
  const { kind, sessionId, ...rest } = command;
  const shown = Object.entries(rest).filter(([key]) => ['status', 'reason', 'description', 'uri', 'target', 'body', 'replacesSessionId'].includes(key))
    .map(([, value]) => (value instanceof Uint8Array ? sdpText(value) : String(value)));
  return [kind, sessionId, ...shown].join(' ').trim();
}
