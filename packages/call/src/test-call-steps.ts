import fc from 'fast-check';
import type { CallInput, CallMachine, EndpointIdentity } from './index.ts';
import { alice, bob, bobsPhone, candidate, carol, description, groupId, ownNumber, service, telephone } from './test-call.ts';

const dave: EndpointIdentity = { endpointId: 'dave-1', identifier: '8:acs:r_dave' };
const endpoints = [alice, bob, bobsPhone, carol, dave];
const everyone = [...new Set(endpoints.map(({ identifier }) => identifier)), telephone, '4:+15550101'];

const endpoint = fc.constantFrom(...endpoints);
const by = fc.oneof({ weight: 6, arbitrary: endpoint.map(({ endpointId }) => endpointId) }, fc.constant(service.connectionId));
const identifier = fc.constantFrom(...everyone);
const isMuted = fc.boolean();
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const aDescription = fc
  .record({ type: fc.constantFrom('offer' as const, 'answer' as const), revision: fc.integer({ min: 1, max: 4 }), answers: maybe(fc.integer({ min: 1, max: 4 })), ufrag: fc.constantFrom('aaaa', 'bbbb') })
  .map(({ type, revision, answers, ufrag }) => description(type, revision, answers, ufrag));
const someCandidates = fc.array(fc.constantFrom(candidate('host'), candidate('relay', 'bbbb'), candidate('srflx', null)), { maxLength: 6 });

/** `session` chooses among the sessions that exist when the step is taken. */
export type Step =
  | { readonly kind: 'input'; readonly input: object; readonly session: number }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'wait'; readonly ms: number };

const mode = fc.constantFrom('mixed' as const, 'forwarded' as const);
const modes = fc.record({ audio: mode, video: mode });
const layout = fc.array(identifier.map((who) => ({ identifier: who, mediaStreamType: 'Video', x: 0, y: 0, width: 1, height: 1 })), { maxLength: 2 });

const anOperation = fc.constantFrom({ operationId: 'first' }, { operationId: 'second' });
const sounds = fc.constantFrom({ kind: 'ready', sounds: [] }, { kind: 'failed', failure: { reason: 'unreachable', sourceIndex: 0, sentence: 'No.' } });
const mediaRequest = fc.oneof(
  fc.record({ kind: fc.constant('play'), to: fc.oneof(fc.constant('all'), fc.array(identifier, { maxLength: 2 })), isLooped: fc.boolean() }),
  fc.record({
    kind: fc.constant('recognize'), target: identifier, hasPrompt: fc.boolean(), isPromptInterruptible: fc.boolean(), initialSilenceMs: fc.constant(5000), interToneMs: fc.constant(5000),
    expected: fc.constantFrom({ kind: 'keys', stopTones: '#', mostTones: 2 }, { kind: 'choice', choices: [{ label: 'one', tone: '1' }] }),
  }),
);

function takeIn(one?: EndpointIdentity): object {
  const target = one?.identifier ?? bob.identifier;
  const transferee = one === undefined ? {} : { transferee: { identifier: target, endpoints: [one] } };
  return { kind: 'takeIn', by: service.connectionId, target, ...transferee, from: { callId: 'other', connectionId: 'elsewhere' }, operation: { operationId: 'first' } };
}

const roomId = '9911111111111111';
const roomRole = fc.constantFrom('Presenter' as const, 'Collaborator' as const, 'Attendee' as const, 'Consumer' as const);

const decision = fc.oneof(
  fc.record({ kind: fc.constant('redirect'), target: fc.constantFrom({ kind: 'user', identifier: carol.identifier }, { kind: 'user', identifier: dave.identifier }, { kind: 'number', number: '+15550101' }) }),
  fc.record({ kind: fc.constant('reject'), reason: fc.constantFrom('none', 'busy', 'forbidden') }),
  fc.constant({ kind: 'answer', application: service }),
);

const command = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('start'), caller: endpoint, targets: fc.array(identifier, { maxLength: 4 }), isMuted, description: maybe(aDescription) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('join'), joiner: endpoint, groupId: fc.constantFrom(groupId, '22222222-2222-4222-8222-222222222222'), isMuted, role: maybe(fc.constantFrom('Attendee' as const, 'Presenter' as const)) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('join'), joiner: endpoint, roomId: fc.constantFrom(roomId, '9922222222222222'), pstnDialOutEnabled: fc.boolean(), isMuted, role: roomRole }) },
  fc.record({ kind: fc.constant('startAsApplication'), application: fc.constant(service), targets: fc.array(identifier, { maxLength: 3 }), ringMs: maybe(fc.constant(10_000)) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('attachApplication'), application: fc.constant(service) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('decide'), by: fc.constant('offer'), identifier, decision }) },
  { weight: 3, arbitrary: fc.oneof(endpoint.map(takeIn), fc.constant(takeIn())) },
  fc.record({ kind: fc.constant('cancelAddParticipant'), by, invitationId: fc.constantFrom('first', 'second') }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('addParticipant'), by: fc.constant(service.connectionId), target: identifier, operation: fc.constantFrom({ operationId: 'first' }, { operationId: 'second' }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('ringing', 'hold', 'resume'), by }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('accept'), by, isMuted, description: maybe(aDescription) }) },
  fc.record({ kind: fc.constant('reject'), by, reason: fc.constantFrom('declined', 'busy') }),
  fc.record({ kind: fc.constant('hangUp'), by, forEveryone: fc.boolean() }),
  fc.record({ kind: fc.constant('updateSelf'), by, isMuted: maybe(isMuted), isHandRaised: maybe(isMuted) }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('addParticipant'), by, target: identifier, role: maybe(roomRole) }) },
  fc.record({ kind: fc.constant('removeParticipant'), by, target: identifier }),
  fc.record({ kind: fc.constant('mute'), by, target: maybe(identifier) }),
  fc.record({ kind: fc.constant('lowerHands'), by, targets: maybe(fc.array(identifier, { maxLength: 3 })) }),
  fc.record({ kind: fc.constant('react'), by, reactionType: fc.constant('like') }),
  fc.record({ kind: fc.constant('startSpotlight'), by, targets: fc.array(identifier, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('stopSpotlight'), by, targets: maybe(fc.array(identifier, { maxLength: 3 })) }),
  fc.record({ kind: fc.constant('setModes'), by, modes, target: maybe(identifier) }),
  fc.record({ kind: fc.constant('sendMessage'), by, channelId: fc.constant(1), sequenceNumber: fc.nat(9), data: fc.constant('aGk='), targets: maybe(fc.array(identifier, { maxLength: 3 })) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('transfer'), by, target: identifier, transferee: maybe(identifier) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('transfer'), by, targetCallId: fc.constant('other'), transferee: maybe(identifier) }) },
  fc.record({ kind: fc.constant('sendDtmf'), by, tones: fc.constantFrom('1', '#*0D'), target: maybe(identifier) }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('requestMedia'), by: fc.constant(service.connectionId), request: mediaRequest, interrupts: fc.boolean(), operation: anOperation }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('provideSounds'), by: fc.constant(service.connectionId), operationId: fc.constantFrom('first', 'second'), sounds }) },
  fc.record({ kind: fc.constant('cancelMedia'), by }),
  fc.record({ kind: fc.constantFrom('listenToTones', 'stopListeningToTones'), by: fc.constant(service.connectionId), target: identifier, operation: anOperation }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('holdParticipant'), by, target: identifier, wish: fc.constantFrom({ isHeld: false }, { isHeld: true, music: undefined }), operation: anOperation }) },
  fc.record({ kind: fc.constant('want'), by, mediaSessionId: fc.constant(''), wanted: fc.constant([]) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('describe'), by, mediaSessionId: fc.constant(''), description: aDescription }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('trickle'), by, mediaSessionId: fc.constant(''), candidates: someCandidates }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('reportMedia'), by, mediaSessionId: fc.constant(''), state: fc.constantFrom('connected', 'connected', 'connected', 'interrupted', 'failed'), cause: maybe(fc.constantFrom('noMediaPath' as const)) }) },
);

const passing = fc.oneof(
  fc.record({ kind: fc.constant('speakersChanged'), speaking: fc.array(identifier, { maxLength: 2 }), dominant: fc.array(identifier, { maxLength: 2 }) }),
  fc.record({ kind: fc.constant('modesChanged'), modes, why: fc.constant('why'), isOfAll: fc.boolean() }),
  fc.record({ kind: fc.constant('layoutChanged'), layout, isOfAll: fc.boolean() }),
  fc.record({ kind: fc.constant('watchedChanged'), watched: fc.array(fc.record({ mid: fc.constantFrom('0', '1'), layers: fc.nat(3) }), { maxLength: 2 }), why: fc.constant('why'), isOfAll: fc.constant(false) }),
);

const observation = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('endpointsFound'), identifier, isKnown: fc.boolean() }).map(({ kind, identifier: who, isKnown }) => ({ kind, identifier: who, isKnown, endpoints: endpoints.filter((one) => one.identifier === who), phones: who === bob.identifier ? [{ deviceId: 'desk' }] : [] })) },
  fc.record({ kind: fc.constant('endpointsFound'), identifier, isKnown: fc.boolean(), isOffered: maybe(fc.constant(true)), endpoints: fc.constant([]) }),
  fc.record({ kind: fc.constant('applicationsUnreached'), identifier, sentence: fc.constant('No.') }),
  fc.record({ kind: fc.constant('endpointRegistered'), endpoint }),
  fc.record({ kind: fc.constant('phoneRegistered'), identifier, phone: fc.constantFrom({ deviceId: 'desk' }, { deviceId: 'kitchen' }) }),
  fc.record({ kind: fc.constantFrom('endpointLost', 'endpointRecovered'), endpointId: by }),
  fc.record({ kind: fc.constant('endpointClosed'), endpointId: by, reason: fc.constantFrom('closed', 'tokenInvalid') }),
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('media'), event: fc.record({ kind: fc.constant('conferenceOpened'), process: fc.constant('media-0') }) }) },
  fc.record({ kind: fc.constant('media'), event: fc.record({ kind: fc.constantFrom('conferenceFailed', 'legDescribed'), reason: fc.constant('MEDIA_PROCESS_LOST'), description: aDescription }) }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('media'), event: passing }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('media'), event: fc.record({ kind: fc.constantFrom('playStarted', 'playEnded', 'playFailed'), playId: fc.constant(''), soundIndex: fc.constant(0), sentence: fc.constant('No.') }) }) },
  fc.record({ kind: fc.constant('modesAsked'), modes, target: maybe(identifier) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('transferSettled'), transferId: fc.constant(''), failure: maybe(fc.constant({ code: 486, subCode: 0, message: 'Busy.', category: 'Success', endedBy: 'platform' })), referral: maybe(fc.constant({ lineId: 'elsewhere', number: '+15550101' })) }) },
  fc.record({ kind: fc.constant('movedAway'), identifier }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('roomChanged'), pstnDialOutEnabled: fc.boolean(), roles: fc.dictionary(identifier, roomRole, { maxKeys: 4 }) }) },
  fc.record({ kind: fc.constant('transferTaken'), transferId: fc.constant(''), callId: fc.constant('other') }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('takeOver'), transfer: fc.constant({ callId: 'other', transferId: 'its' }), takesPlaceOf: by, transferee: endpoint.map((one) => ({ identifier: one.identifier, endpoints: [one] })), way: fc.constantFrom('refer', 'join') }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('media'), event: fc.record({ kind: fc.constant('legStateChanged'), state: fc.constantFrom('negotiating', 'connected', 'connected', 'interrupted', 'closed') }) }) },
);

/** `line` chooses among the lines that exist when the step is taken. */
const lineEvent = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('routed'), trunk: fc.constantFrom('north', 'south'), why: fc.constant('why') }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('progress'), status: fc.constantFrom(100, 180, 183), hasEarlyMedia: fc.boolean() }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'answered' }) },
  fc.record({ kind: fc.constant('held'), isHeld: fc.boolean() }),
  fc.record({ kind: fc.constant('transferRequested'), target: fc.constantFrom({ kind: 'number', number: '+15550101' }, { kind: 'user', identifier: carol.identifier }), replacesLineId: maybe(fc.constant('elsewhere')) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('transferEnded'), status: fc.constantFrom(200, 405, 486) }) },
  fc.record({ kind: fc.constant('dtmf'), tone: fc.constantFrom('1', '#', 'nonsense') }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ended'), end: fc.record({ by: fc.constantFrom('remote', 'local', 'network'), status: maybe(fc.constantFrom(404, 486, 487, 503, 603)) }, { requiredKeys: ['by'] }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ended'), end: fc.record({ by: fc.constant('remote'), status: fc.constant(302), forwarded: fc.record({ identifiers: fc.array(fc.constantFrom(bob.identifier, carol.identifier, dave.identifier), { minLength: 1, maxLength: 2 }), redirection: fc.constant({ by: bob.identifier, reason: 'busy' }) }) }) }) },
);
const incoming = fc.record({
  kind: fc.constant('incoming'), from: fc.constantFrom(telephone, '4:anonymous', dave.identifier),
  target: fc.oneof(
    fc.record({ kind: fc.constant('users'), identifiers: fc.array(identifier, { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('group'), groupId: fc.constant(groupId) }),
    fc.constant({ kind: 'number', number: '+15550101' }),
    fc.constant({ kind: 'application', ...service }),
    fc.record({ kind: fc.constant('nobody'), status: fc.constantFrom(480, 487, 603), sentence: fc.constant('Not wanted.') }),
  ),
});

/** A step at random, most of them nonsense at the moment they come. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('input' as const), input: command, session: fc.nat(20) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('input' as const), input: observation, session: fc.nat(20) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('input' as const), input: fc.record({ kind: fc.constant('line'), line: fc.oneof({ weight: 9, arbitrary: lineEvent }, incoming) }), session: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'repeat' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 5_000, 10_000, 40_000, 85_000, 120_000) }) },
);

const input = (one: object): Step => ({ kind: 'input', input: one, session: 0 });
const startDirect = input({ kind: 'start', caller: alice, targets: [bob.identifier], isMuted: false, description: description('offer', 1) });
const ring = input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown: true, endpoints: [bob, bobsPhone] });
const answer = input({ kind: 'accept', by: 'bob-1', isMuted: false, description: description('answer', 1, 1) });
const offered = input({ kind: 'endpointsFound', identifier: bob.identifier, isKnown: true, endpoints: [], isOffered: true });
const decided = (decision: object) => input({ kind: 'decide', by: 'offer', identifier: bob.identifier, decision });
const opened = input({ kind: 'media', event: { kind: 'conferenceOpened', process: 'media-0' } });

const enters = (joiner: EndpointIdentity, role: string) => input({ kind: 'join', joiner, roomId, pstnDialOutEnabled: true, isMuted: false, role });

const lost = input({ kind: 'media', event: { kind: 'conferenceFailed', reason: 'MEDIA_PROCESS_LOST' } });
const unavailable = input({ kind: 'media', event: { kind: 'conferenceFailed', reason: 'MEDIA_PROCESSOR_UNAVAILABLE' } });

const dialling = input({ kind: 'start', caller: alice, targets: [telephone], alternateCallerId: ownNumber, isMuted: false });
const picksUp = input({ kind: 'line', line: { kind: 'answered' } });
const connected = input({ kind: 'media', event: { kind: 'legStateChanged', state: 'connected' } });
const called = input({ kind: 'line', line: { kind: 'incoming', from: telephone, target: { kind: 'users', identifiers: [bob.identifier, carol.identifier] } } });

const calledApplication = input({ kind: 'line', line: { kind: 'incoming', from: telephone, target: { kind: 'application', ...service } } });
const described = input({ kind: 'media', event: { kind: 'legDescribed', isOfLine: true, description: description('answer', 1, 1) } });
const reported = (who: string) => input({ kind: 'reportMedia', by: who, mediaSessionId: '', state: 'connected' });

/** Where a sequence sets out from: arbitrary commands alone seldom get far. */
export const openings: Record<string, readonly Step[]> = {
  room: [enters(alice, 'Presenter'), enters(bob, 'Attendee'), enters(carol, 'Consumer'), opened, connected],
  nothing: [],
  ringing: [startDirect, ring],
  answered: [startDirect, ring, answer],
  promoting: [startDirect, ring, answer, input({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier })],
  bridging: [startDirect, ring, answer, input({ kind: 'addParticipant', by: 'alice-1', target: carol.identifier }), opened],
  reopened: [
    input({ kind: 'join', joiner: alice, groupId, isMuted: false }), input({ kind: 'join', joiner: bob, groupId, isMuted: false }), opened, lost, opened, lost, unavailable,
  ],
  joined: [input({ kind: 'join', joiner: alice, groupId, isMuted: false }), opened, input({ kind: 'join', joiner: bob, groupId, isMuted: false })],
  dialled: [dialling, opened],
  answeredByTelephone: [dialling, opened, connected, picksUp],
  handedOver: [dialling, opened, connected, picksUp, input({ kind: 'transfer', by: 'alice-1', targetCallId: 'other' })],
  calledByTelephone: [called, opened, ring],
  answeredTelephone: [called, opened, ring, answer],
  answeredByApplication: [calledApplication, opened, described],
  addedByApplication: [calledApplication, opened, described, input({ kind: 'addParticipant', by: service.connectionId, target: bob.identifier, operation: { operationId: 'first' } }), ring, answer, connected],
  calledByApplication: [input({ kind: 'startAsApplication', application: service, targets: [bob.identifier, telephone] }), opened, ring, answer],
  attached: [startDirect, ring, answer, reported('alice-1'), reported('bob-1'), input({ kind: 'attachApplication', application: service }), opened],
  offered: [startDirect, offered],
  answeredForUser: [startDirect, ring, decided({ kind: 'answer', application: service }), opened],
  sentOn: [startDirect, offered, decided({ kind: 'redirect', target: { kind: 'number', number: '+15550101' } }), opened],
  calledSeveral: [input({ kind: 'start', caller: alice, targets: [bob.identifier, carol.identifier], isMuted: true }), opened, ring],
};

/** Ids that the machine has given. */
export interface IdsInUse {
  readonly conferenceId: string;
  /** Of the newest transfer. */
  readonly transferId: string;
  /** Of the line that was given one last. */
  readonly lineLegId: string;
  /** Of what was played last. */
  readonly playId: string;
}

/** Gives placeholders the ids that exist now: media sessions of the endpoint, the conference, the newest transfer, a line. */
export function resolve(input: object, machine: CallMachine, { conferenceId, transferId, lineLegId, playId }: IdsInUse, session: number): CallInput {
  if ('transferId' in input) return { ...input, transferId } as CallInput;
  if ('takesPlaceOf' in input) {
    const { takesPlaceOf, ...rest } = input;
    return { ...rest, by: takesPlaceOf } as unknown as CallInput;
  }
  if ('line' in input && typeof input.line === 'object') {
    const lines = machine.lines();
    const { kind, ...rest } = input.line as { readonly kind: string };
    const known = { lineId: lines[session % Math.max(1, lines.length)] ?? 'none' };
    return { kind: 'line', event: kind === 'incoming' ? { kind, line: { lineId: `in-${session}`, to: ownNumber, ...rest } } : { kind, ...known, ...rest } } as CallInput;
  }
  const sessions = machine.endpoints().flatMap((endpointId) => machine.viewFor(endpointId)?.mediaSessions.map(({ mediaSessionId }) => [endpointId, mediaSessionId] as const) ?? []);
  if ('event' in input && typeof input.event === 'object') {
    const { isOfAll, isOfLine, ...event } = input.event as { readonly isOfAll?: boolean; readonly isOfLine?: boolean };
    if ('playId' in event) return { ...input, event: { ...event, conferenceId, playId } } as CallInput;
    if (isOfLine === true) return { ...input, event: { ...event, conferenceId, legId: lineLegId } } as CallInput;
    const legId = isOfAll === true ? {} : { legId: sessions[session % Math.max(1, sessions.length)]?.[1] ?? '' };
    return { ...input, event: { ...event, conferenceId, ...legId } } as CallInput;
  }
  if (!('mediaSessionId' in input) || !('by' in input)) return input as CallInput;
  const own = sessions.filter(([endpointId]) => endpointId === input.by);
  return { ...input, mediaSessionId: own[session % Math.max(1, own.length)]?.[1] ?? 'none' } as CallInput;
}
