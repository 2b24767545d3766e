import type { CommunicationUserIdentifier, PhoneNumberIdentifier } from '@azure/communication-common';
import type { LocalAudioStream, LocalVideoStream } from './streams.ts';

export interface AudioOptions {
  readonly muted?: boolean;
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

export interface MediaConstraints {
  readonly video?: { readonly send?: VideoSendConstraints };
}

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

export interface StartCallOptions {
  readonly audioOptions?: AudioOptions;
  readonly videoOptions?: VideoOptions;
  /** The telephone number that a called telephone shows. */
  readonly alternateCallerId?: PhoneNumberIdentifier;
  readonly customContext?: CustomContext;
}

export interface JoinCallOptions {
  readonly audioOptions?: AudioOptions;
  readonly videoOptions?: VideoOptions;
}

export interface AcceptCallOptions {
  readonly audioOptions?: AudioOptions;
  readonly videoOptions?: VideoOptions;
}

export interface HangUpOptions {
  readonly forEveryone?: boolean;
}

export interface AddPhoneNumberOptions {
  readonly alternateCallerId?: PhoneNumberIdentifier;
}

/** Who can be added to a call here. */
export type AddableParticipant = CommunicationUserIdentifier | PhoneNumberIdentifier;

export interface GroupCallLocator {
  /** A GUID of the application's own making: who joins the same one is in the same call. */
  readonly groupId: string;
}

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

export type MeetingLocator = GroupCallLocator | RoomCallLocator | TeamsMeetingLinkLocator | TeamsMeetingIdLocator;

export type DtmfTone =
  | 'A' | 'B' | 'C' | 'D' | 'Flash' | 'Num0' | 'Num1' | 'Num2' | 'Num3' | 'Num4' | 'Num5' | 'Num6' | 'Num7' | 'Num8' | 'Num9' | 'Pound' | 'Star';
