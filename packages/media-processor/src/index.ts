/**
 * The Media Processor: the backend of group calls. It forwards (SFU) or mixes (MCU) audio and video in child processes, one for each core, driven through `media-api`.
 *
 * Out of scope: who may join, signaling towards clients.
 */
/** First UDP port of media processes; each next one has the next port. */
export const firstMediaPort = 3480;
export type { SectionCodec, SectionExtensions, SectionSettings, TransportSettings } from './process-api/leg-settings.ts';
export type { ConferenceEvent, ProcessCommand, ProcessEvent, ProcessSettings } from './process-api/process-messages.ts';
export type { AudioMixer, AudioMixerEvents } from './mixing/audio-mixer.ts';
