import type { ApplicationIdentity, ApplicationInvitation, ApplicationOperation, CallDecision, PlayRequest, RecognitionRequest } from '@dialplane/applications-api';
import type {
  ApiErrorCode, Call, CustomContext, EndpointEvent, EndReason, FlowDetail, IceCandidate, MediaDescription, MediaModes, Participant, ReactionType,
  ReportMediaRequest, RoomRole, TransferReference, WantedStream,
} from '@dialplane/calling-api';
import type { MediaCommand, MediaEvent } from '@dialplane/media-api';
import type { LineCommand, LineDevice, LineEvent } from '@dialplane/telephony-api';
import type { OperationSounds } from './applications/application-media.ts';
import type { ApplicationEvent } from './applications/application-model.ts';
import type { CallRecord } from './call-record.ts';
import type { Message } from './media/messages.ts';
import type { HoldWish } from './applications/participant-hold.ts';
import type { HandOverTarget, HandOverWay, Person, Referral, TransferWish, Transferee } from './transfers/transfer-model.ts';

/** A registered client, as the engine knows it. */
export interface EndpointIdentity {
  readonly endpointId: string;
  readonly identifier: string;
  readonly displayName?: string;
}

/**
 * A command of an endpoint. `commandId` is its idempotency key: a repeated command changes nothing and has the verdict of the
 * first time; the call it shows is the call as it is now, because an older truth would undo what the client has heard since.
 * `by` is the endpoint, or the connection of the application, that gives it; authentication has happened. `digest` stands for all of the request: with another one
 * the same id is refused (`REQUEST_ID_REUSED`).
 */
export type CallCommand = { readonly commandId: string; readonly digest?: string } & (
  | {
      readonly kind: 'start';
      readonly caller: EndpointIdentity;
      readonly targets: readonly string[];
      readonly alternateCallerId?: string;
      readonly customContext?: CustomContext;
      readonly isMuted: boolean;
      /** Nobody in the call is offered the relay. */
      readonly relay?: 'off';
      /** The transfer that this call carries out, and who asked for it. */
      readonly transfer?: TransferReference;
      readonly transferor?: Person;
      readonly description?: MediaDescription;
    }
  | ({
      readonly kind: 'join';
      readonly joiner: EndpointIdentity;
      readonly isMuted: boolean;
      /** Of the whole call where this brings it into being; of this endpoint otherwise. */
      readonly relay?: 'off';
      /** From a room. */
      readonly role?: RoomRole;
    } & ({ readonly groupId: string } | { readonly roomId: string; readonly pstnDialOutEnabled: boolean }))
  /** An application calls; it brings the call into being. */
  | ({ readonly kind: 'startAsApplication'; readonly application: ApplicationIdentity; readonly targets: readonly string[] } & ApplicationInvitation)
  /** An application comes to a call that runs. */
  | { readonly kind: 'attachApplication'; readonly application: ApplicationIdentity }
  /** An application that is in no call says what becomes of the call to `identifier`, of which it was told; `by` names that offer. */
  | { readonly kind: 'decide'; readonly by: string; readonly identifier: string; readonly decision: CallDecision }
  | { readonly kind: 'ringing'; readonly by: string }
  | { readonly kind: 'accept'; readonly by: string; readonly isMuted: boolean; readonly description?: MediaDescription }
  | { readonly kind: 'reject'; readonly by: string; readonly reason: 'declined' | 'busy' }
  | { readonly kind: 'hangUp'; readonly by: string; readonly forEveryone: boolean }
  | { readonly kind: 'hold'; readonly by: string }
  | { readonly kind: 'resume'; readonly by: string }
  | { readonly kind: 'updateSelf'; readonly by: string; readonly isMuted?: boolean; readonly isHandRaised?: boolean }
  /** `operation` is an application's, here and below. */
  | ({ readonly kind: 'addParticipant'; readonly by: string; readonly target: string; /** From a room: only who is invited to it can be added to its call. */ readonly role?: RoomRole; readonly operation?: ApplicationOperation } & ApplicationInvitation)
  /** Of an application; `invitationId` is the operation that added somebody. */
  | { readonly kind: 'cancelAddParticipant'; readonly by: string; readonly invitationId: string; readonly operation?: ApplicationOperation }
  | { readonly kind: 'removeParticipant'; readonly by: string; readonly target: string; readonly operation?: ApplicationOperation }
  /** Of an application: `target` is to come here from another call, as who they are there; without `transferee` they are not. */
  | { readonly kind: 'takeIn'; readonly by: string; readonly target: string; readonly transferee?: Transferee; readonly from: { readonly callId: string; readonly connectionId: string }; readonly operation: ApplicationOperation }
  | { readonly kind: 'mute'; readonly by: string; /** Everybody else without it. */ readonly target?: string }
  | { readonly kind: 'lowerHands'; readonly by: string; /** All without it. */ readonly targets?: readonly string[] }
  | { readonly kind: 'react'; readonly by: string; readonly reactionType: ReactionType }
  | { readonly kind: 'startSpotlight'; readonly by: string; readonly targets: readonly string[] }
  | { readonly kind: 'stopSpotlight'; readonly by: string; /** All without it. */ readonly targets?: readonly string[] }
  /** To `target`, or to the other side of the call `targetCallId`. */
  | ({ readonly kind: 'transfer'; readonly by: string; readonly operation?: ApplicationOperation; /** Who is meant, of several. */ readonly transferee?: string } & TransferWish)
  | { readonly kind: 'sendDtmf'; readonly by: string; readonly tones: string; /** Every telephone without it. */ readonly target?: string; readonly operation?: ApplicationOperation }
  /** Of an application: something is played or somebody is asked, one after the other; `interrupts` gives up what it wanted before. */
  | { readonly kind: 'requestMedia'; readonly by: string; readonly request: PlayRequest | RecognitionRequest; readonly interrupts: boolean; readonly operation: ApplicationOperation }
  /** The sounds of such an operation. */
  | { readonly kind: 'provideSounds'; readonly by: string; readonly operationId: string; readonly sounds: OperationSounds }
  | { readonly kind: 'cancelMedia'; readonly by: string }
  | { readonly kind: 'holdParticipant'; readonly by: string; readonly target: string; readonly wish: HoldWish; readonly operation: ApplicationOperation }
  /** Of an application: whether the keys of a participant are told one by one. */
  | { readonly kind: 'listenToTones' | 'stopListeningToTones'; readonly by: string; readonly target: string; readonly operation: ApplicationOperation }
  | { readonly kind: 'setModes'; readonly by: string; readonly modes: MediaModes; /** Everybody without it. */ readonly target?: string }
  /** As `want`, it is not remembered: given again, it is carried out again. */
  | ({ readonly kind: 'sendMessage'; readonly by: string } & Message)
  | { readonly kind: 'want'; readonly by: string; readonly mediaSessionId: string; readonly wanted: readonly WantedStream[] }
  | { readonly kind: 'describe'; readonly by: string; readonly mediaSessionId: string; readonly description: MediaDescription }
  | { readonly kind: 'trickle'; readonly by: string; readonly mediaSessionId: string; readonly candidates: readonly IceCandidate[] }
  | { readonly kind: 'reportMedia'; readonly by: string; readonly mediaSessionId: string; readonly state: ReportMediaRequest['state']; readonly cause?: NonNullable<ReportMediaRequest['cause']> }
);

/** What the world tells the engine. */
export type CallObservation =
  /** The answer to `findEndpoints`. `isKnown` is false when there is no such user at all. `phones` are the user's SIP phones; `isOffered`: an application is told of the call, and may take it. */
  | { readonly kind: 'endpointsFound'; readonly identifier: string; readonly isKnown: boolean; readonly endpoints: readonly EndpointIdentity[]; readonly phones?: readonly LineDevice[]; readonly isOffered?: true }
  /** None of the applications that were to be told of the call to a user could be. */
  | { readonly kind: 'applicationsUnreached'; readonly identifier: string; readonly sentence: string }
  /** A user who is being called registered another endpoint: it rings too. */
  | { readonly kind: 'endpointRegistered'; readonly endpoint: EndpointIdentity }
  /** Likewise a SIP phone. */
  | { readonly kind: 'phoneRegistered'; readonly identifier: string; readonly phone: LineDevice }
  /** The endpoint has had no event stream and sent no request for a keep-alive period: its reconnect window starts. */
  | { readonly kind: 'endpointLost'; readonly endpointId: string }
  | { readonly kind: 'endpointRecovered'; readonly endpointId: string }
  /** The endpoint is gone for good: the client closed it, or its token was revoked or has expired. */
  | { readonly kind: 'endpointClosed'; readonly endpointId: string; readonly reason: 'closed' | 'tokenInvalid' }
  /** The operator or the platform ends the call. */
  | { readonly kind: 'terminate'; readonly message?: string }
  /** `iceConfiguration` answers otherwise now: for one participant, or for all without it. */
  | { readonly kind: 'iceConfigurationChanged'; readonly participantId?: string }
  /** An operator asks for modes, of one participant or of everybody. */
  | { readonly kind: 'modesAsked'; readonly modes: MediaModes; readonly target?: string }
  /** The client that was asked to call the target of a transfer has begun that call. */
  | { readonly kind: 'transferTaken'; readonly transferId: string; readonly callId: string }
  /** The call that carries out a transfer of this one says what became of it; with `failure` nothing did. */
  | { readonly kind: 'transferSettled'; readonly transferId: string; readonly failure?: EndReason; readonly referral?: Referral }
  /** Another call hands its transferee over: they are to come here in the place of `by`, an endpoint or line of this call. Answered by the output `transferSettled`. */
  | { readonly kind: 'takeOver'; readonly transfer: TransferReference; readonly by: string; readonly transferee: Transferee; readonly way: HandOverWay }
  /** The room of this call was changed: the roles of those in the call who are invited, by identifier. */
  | { readonly kind: 'roomChanged'; readonly pstnDialOutEnabled: boolean; readonly roles: Readonly<Record<string, RoomRole>> }
  /** Somebody who was here is in another call now, with their lines. */
  | { readonly kind: 'movedAway'; readonly identifier: string }
  | { readonly kind: 'media'; readonly event: MediaEvent }
  /** Of telephony; `incoming` may be the first input of a call. */
  | { readonly kind: 'line'; readonly event: LineEvent };

export type CallInput = CallCommand | CallObservation;

/**
 * What a command returned: what the operation's response body is made of, or an error of the calling API's table. Operations
 * that answer without a body have neither `call` nor `participant`: what they changed comes as events.
 */
export type CommandResult =
  | {
      readonly ok: true;
      /** For `start`, `join`, `accept`, `hold`, `resume` and `updateSelf`: the call as the commanding endpoint sees it. */
      readonly call?: Call;
      /** For `addParticipant`. */
      readonly participant?: Participant;
      /** For `transfer`. */
      readonly transferId?: string;
    }
  | { readonly ok: false; readonly code: ApiErrorCode; readonly message?: string };

export type CallOutput =
  /** Exactly one per command, in the order of the commands, before the events that the command caused. */
  | { readonly kind: 'result'; readonly commandId: string; readonly result: CommandResult }
  | { readonly kind: 'event'; readonly endpointId: string; readonly event: EndpointEvent }
  /** Asks for the endpoints of a user; answered by `endpointsFound`, or else the invitation fails after 5 s. */
  | { readonly kind: 'findEndpoints'; readonly identifier: string }
  /** A user is called by another one, or by an application: applications that have subscribed to such calls are told. Beside `findEndpoints`. */
  | { readonly kind: 'userCalled'; readonly identifier: string; readonly caller: Person; readonly customContext?: CustomContext }
  /** For an application that is a party of the call. */
  | { readonly kind: 'application'; readonly connectionId: string; readonly event: ApplicationEvent }
  | { readonly kind: 'media'; readonly command: MediaCommand }
  | { readonly kind: 'line'; readonly command: LineCommand }
  /** For the call that asked this one to carry out its transfer; with `failure` nothing came of it. */
  | { readonly kind: 'transferSettled'; readonly transfer: TransferReference; readonly failure?: EndReason; readonly referral?: Referral }
  /** The transferee goes to another call: that one is told to take them over (`takeOver`), and answers by `transferSettled`. */
  | { readonly kind: 'handOver'; readonly transferId: string; readonly by: string; readonly target: HandOverTarget; readonly transferee: Transferee; readonly way: HandOverWay }
  /** Somebody has come here from the call `from`: that one is told (`movedAway`). */
  | { readonly kind: 'movedHere'; readonly from: string; readonly identifier: string }
  /** For the call flow record. `from` and `to` as in FlowEvent. */
  | { readonly kind: 'flow'; readonly from: string; readonly to?: string; readonly detail: FlowDetail }
  /** The call is over, exactly once in its life. Nothing follows but the results of commands that come too late. */
  | { readonly kind: 'ended'; readonly record: CallRecord };
