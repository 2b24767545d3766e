import type { FlowDetail, FlowEvent } from '@dialplane/calling-api';
import { formatDuration } from '../text/duration.ts';
import { formatCount } from '../text/quantity.ts';
import type { Naming } from './flow-lanes.ts';
import { candidateText, codecName, serverName } from './media-path.ts';

/** What an entry is, short enough for the ladder. */
export function eventLabel(detail: FlowDetail, named: Naming): string {
  switch (detail.kind) {
    case 'request':
      return `${detail.operation} ${detail.errorCode ?? detail.status} · ${formatDuration(detail.durationMs)}`;
    case 'event':
      return detail.summary === undefined ? detail.type : `${detail.type}: ${named(detail.summary)}`;
    case 'callState':
      return `call ${detail.state}`;
    case 'participantState':
      return `participant ${detail.state}`;
    case 'description':
      return `${detail.type} ${detail.revision}: ${detail.summary}`;
    case 'candidates':
      return `${formatCount(detail.count, 'candidate')} (${[...new Set(detail.types)].join(', ')})`;
    case 'candidateGathered':
      return `gathered ${candidateText(detail.candidate)}`;
    case 'candidateError':
      return `${serverName(detail.url)} not reached: ${detail.errorCode} ${detail.errorText}`.trim();
    case 'candidatePair':
      return `${detail.outcome}: ${detail.local.candidateType} ↔ ${detail.remote.candidateType} ${detail.local.protocol}`;
    case 'iceState':
      return `ICE ${detail.state}`;
    case 'dtlsState':
      return `DTLS ${detail.state}${detail.srtpCipher === undefined ? '' : ` · ${detail.srtpCipher}`}`;
    case 'mediaState':
      return `media ${detail.state}${detail.cause === undefined ? '' : ` (${detail.cause})`}`;
    case 'firstMedia':
      return `first ${streamName(detail.mediaStreamType)} ${sentOrReceived(detail.direction)}${detail.codec === undefined ? '' : ` · ${codecName(detail.codec)}`}`;
    case 'lastMedia':
      return `last ${streamName(detail.mediaStreamType)} ${sentOrReceived(detail.direction)} · ${formatCount(detail.packets, 'packet')}`;
    case 'diagnostic':
      return `${detail.name} = ${detail.value}`;
    case 'decision':
    case 'clientDecision':
      return named(`${detail.what}: ${detail.why}`);
    case 'relayAllocated':
      return `relay opened over ${detail.clientTransport.toUpperCase()}`;
    case 'relayReleased':
      return `relay closed (${detail.reason}) · ${formatCount(detail.toPeerPackets + detail.toClientPackets, 'packet')}`;
    case 'mediaReport':
      return `${detail.why} · ${formatCount(detail.received.packets, 'packet')} received, ${detail.sent.packets} sent, ${detail.received.lost + detail.sent.lost} lost`;
    case 'sip':
      return sipLabel(detail);
    case 'ended':
      return `ended ${detail.endReason.code}/${detail.endReason.subCode}`;
    default:
      return unknownLabel(detail);
  }
}

/** What a run of entries of one kind is, where the ladder draws them as one row. */
export function groupLabel(events: readonly FlowEvent[], named: Naming): string {
  const [first] = events;
  if (first === undefined) return '';
  if (events.length === 1) return eventLabel(first.detail, named);
  const types = events.flatMap(({ detail }) => {
    if (detail.kind === 'candidateGathered') return [detail.candidate.candidateType];
    return detail.kind === 'candidatePair' ? [`${detail.local.candidateType} ↔ ${detail.remote.candidateType}`] : [];
  });
  const counted = [...Map.groupBy(types, (type) => type)].map(([type, all]) => (all.length === 1 ? type : `${type} ×${all.length}`)).join(', ');
  if (first.detail.kind === 'candidatePair') return `${formatCount(events.length, 'pair')} ${first.detail.outcome}: ${counted}`;
  return `${formatCount(events.length, 'candidate')} gathered: ${counted}`;
}

/** `INVITE sip:+12025550107@192.0.2.1`, `200 OK (INVITE)`: the start line without its version, and of a response what it answers. */
function sipLabel({ summary, method }: Extract<FlowDetail, { readonly kind: 'sip' }>): string {
  return summary.startsWith('SIP/2.0 ') ? `${summary.slice('SIP/2.0 '.length)} (${method})` : summary.replace(/ SIP\/2\.0$/, '');
}

/** `audio`, `video`, `screen`. */
export function streamName(type: 'Audio' | 'Video' | 'ScreenSharing'): string {
  return type === 'ScreenSharing' ? 'screen' : type.toLowerCase();
}

/** A server newer than this console may record kinds that it does not know. */
const unknownLabel = (detail: never): string => (detail as FlowDetail).kind;

const sentOrReceived = (direction: 'send' | 'receive'): string => (direction === 'send' ? 'sent' : 'received');
