import type { LegSound } from '@dialplane/media-api';
import type { MixMemberOptions, MixReception } from './audio-mixer.ts';

/** What the mixer's thread is told. */
export type MixerCommand =
  | { readonly kind: 'openMix'; readonly mix: number }
  | { readonly kind: 'closeMix'; readonly mix: number }
  | { readonly kind: 'addMember'; readonly mix: number; readonly member: number; readonly options: MixMemberOptions }
  | { readonly kind: 'removeMember'; readonly member: number }
  | { readonly kind: 'setReception'; readonly member: number; readonly reception: MixReception | undefined }
  | { readonly kind: 'setMuted'; readonly member: number; readonly isMuted: boolean }
  | { readonly kind: 'setSound'; readonly member: number; readonly sound: LegSound; readonly country: string | undefined }
  | { readonly kind: 'sendDtmf'; readonly member: number; readonly tones: string };
