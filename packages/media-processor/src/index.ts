/**
 * The Media Processor: the backend of group calls and telephone calls. It forwards (SFU) or mixes (MCU) audio and video in child processes, one for each core, driven through `media-api`.
 *
 * The supervisor (`supervisor/`) lives where the calls live: it answers session descriptions, places conferences, and watches the media processes. A media process
 * (`plane/`) is a packet thread with threads for mixing (`mixing/`); what passes between the two is in `process-api/`. A process that is lost costs its conferences a reconnect: their
 * owners are told at once, and another process is there.
 *
 * Within `plane/`, `packets/` come over `transports/` of `legs/`, belong to `streams/`, and `sound/` and `pictures/` say which stream goes to whom.
 *
 * A leg is a client's (ICE, DTLS-SRTP, one port for all) or a telephone's (plain RTP, SDES or DTLS-SRTP, a pair of ports each).
 *
 * Assumes: Linux, the native kernels for UDP, SRTP and DTLS, and a certificate from whoever starts it.
 *
 * Out of scope: who may join, signaling towards clients.
 *
 * ```ts
 * const media = createMediaProcessor({ logger, firstPort: 3480, processes: 3, listenAddresses: ['192.0.2.1'], publicAddresses: [], certificate });
 * await media.start();
 * media.send({ kind: 'openConference', conferenceId, callId, modes: { audio: 'mixed', video: 'forwarded' } });
 * ```
 */
export { createMediaProcessor } from './supervisor/create-media-processor.ts';
export { MediaProcessorError, type MediaProcessorErrorCode } from './supervisor/media-processor-error.ts';
export type { MediaCertificate, MediaProcessorLimits, MediaProcessorOptions } from './supervisor/media-processor-options.ts';
export type { MediaAddress, MediaProcessor, MediaProcessorStatus, MediaProcessStatus } from './supervisor/media-processor.ts';
export { heapFlags } from './supervisor/process-slot.ts';
export type { SectionCodec, SectionExtensions, SectionSettings, TransportSettings } from './process-api/leg-settings.ts';
export type { ConferenceEvent, ProcessCommand, ProcessEvent, ProcessSettings } from './process-api/process-messages.ts';
