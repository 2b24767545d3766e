import type { MemberSound, MixMemberOptions, MixReception, PlayOptions } from '../audio-mixer.ts';

/** What the mixer's thread is told. */
export type MixerCommand =
  | { readonly kind: 'openMix'; readonly mix: number }
  | { readonly kind: 'closeMix'; readonly mix: number }
  | { readonly kind: 'addMember'; readonly mix: number; readonly member: number; readonly options: MixMemberOptions }
  | { readonly kind: 'removeMember'; readonly member: number }
  | { readonly kind: 'setReception'; readonly member: number; readonly reception: MixReception | undefined }
  | { readonly kind: 'setMuted'; readonly member: number; readonly isMuted: boolean }
  | { readonly kind: 'setSound'; readonly member: number; readonly sound: MemberSound }
  | { readonly kind: 'sendDtmf'; readonly member: number; readonly tones: string }
  | { readonly kind: 'startPlay'; readonly mix: number; readonly play: number; readonly options: PlayOptions }
  | { readonly kind: 'setPlayListeners'; readonly play: number; readonly listeners: PlayOptions['listeners'] }
  | { readonly kind: 'stopPlay'; readonly play: number };
