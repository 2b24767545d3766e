import type { CommunicationUserIdentifier, PhoneNumberIdentifier } from '@azure/communication-common';
import type { LocalAudioStream, LocalVideoStream } from './streams.ts';

/** Sound at the start of a call. */
export interface AudioOptions {
  /** Default false. */
  readonly muted?: boolean;
  /** What to send in place of the selected microphone; the first one counts. */
  readonly localAudioStreams?: readonly LocalAudioStream[];
}

/** Upper limits for what this client sends; absent members are left to the browser. */
export interface VideoSendConstraints {
  /** Pixels. */
  readonly frameHeight?: { readonly max?: number };
  /** Frames a second. */
  readonly frameRate?: { readonly max?: number };
  /** Bits a second. */
  readonly bitrate?: { readonly max?: number };
}

/** What {@link VideoSendConstraints} apply to. */
export interface MediaConstraints {
  readonly video?: { readonly send?: VideoSendConstraints };
}

/** Video at the start of a call. */
export interface VideoOptions {
  readonly localVideoStreams?: readonly LocalVideoStream[];
  readonly constraints?: { readonly send?: VideoSendConstraints };
}

/** Data that travels with an invitation, unchanged. */
export interface CustomContext {
  readonly userToUser?: string;
  readonly xHeaders?: ReadonlyArray<{ readonly key: string; readonly value: string }>;
  readonly sipHeaders?: ReadonlyArray<{ readonly key: string; readonly value: string; readonly sipHeaderPrefix?: string }>;
  readonly voipHeaders?: ReadonlyArray<{ readonly key: string; readonly value: string }>;
}

/** Whether the relay may carry the media where there is no direct path; `off` makes such a call end with 410/3112. */
export type RelayUse = 'automatic' | 'off';

export interface StartCallOptions {
  readonly audioOptions?: AudioOptions;
  readonly videoOptions?: VideoOptions;
  /** The telephone number that a called telephone shows. */
  readonly alternateCallerId?: PhoneNumberIdentifier;
  readonly customContext?: CustomContext;
  /** For everybody in the call. Default `automatic`. Not in ACS. */
  readonly relay?: RelayUse;
}

export interface JoinCallOptions {
  readonly audioOptions?: AudioOptions;
  readonly videoOptions?: VideoOptions;
  /** For everybody where this opens the call, for this client alone where it runs already. Default `automatic`. Not in ACS. */
  readonly relay?: RelayUse;
}

export interface AcceptCallOptions {
  readonly audioOptions?: AudioOptions;
  readonly videoOptions?: VideoOptions;
}

export interface HangUpOptions {
  /** End the call for everybody, where the role permits it. Default false: leave it. */
  readonly forEveryone?: boolean;
}

export interface AddPhoneNumberOptions {
  readonly alternateCallerId?: PhoneNumberIdentifier;
}

/** Who can be added to a call here. */
export type AddableParticipant = CommunicationUserIdentifier | PhoneNumberIdentifier;

/** A group call. */
export interface GroupCallLocator {
  /** A GUID of the application's own making: who joins the same one is in the same call. */
  readonly groupId: string;
}

/** The call of a room, to which the server application has invited this user (`@azure/communication-rooms`). */
export interface RoomCallLocator {
  readonly roomId: string;
}

export interface TeamsMeetingLinkLocator {
  readonly meetingLink: string;
}

export interface TeamsMeetingIdLocator {
  readonly meetingId: string;
  readonly passcode?: string;
}

/** What can be joined: here a group call or that of a room; others are refused with `LOCATOR_UNSUPPORTED`. */
export type MeetingLocator = GroupCallLocator | RoomCallLocator | TeamsMeetingLinkLocator | TeamsMeetingIdLocator;

/** Keys of a telephone, in ACS' words. */
export type DtmfTone =
  | 'A' | 'B' | 'C' | 'D' | 'Flash' | 'Num0' | 'Num1' | 'Num2' | 'Num3' | 'Num4' | 'Num5' | 'Num6' | 'Num7' | 'Num8' | 'Num9' | 'Pound' | 'Star';
