/**
 * Kernels: what JavaScript does not do well enough, as native batches without policy, and what stands in for each where it is not built.
 *
 * A kernel takes and fills buffers described by `Int32Array`s of descriptors, knows no protocol state and keeps no reference after it returns.
 * One `.node` file each, built when first needed: a missing compiler or library costs only what needs it. Nothing stands in for SRTP and DTLS: where they are
 * absent there is no media processor, and `absentBecause` says what to do. Out of scope: deciding anything, but for how long packets gather before they are served.
 *
 * ```ts
 * const sockets = createUdpSockets({ onBatch: (count) => echo(sockets, count) }); // Returns how many of `sockets.outgoing` to send.
 * sockets.open({ address: '0.0.0.0', port: 3478 }, (opened) => console.log(typeof opened === 'number' ? sockets.portOf(opened) : opened.code));
 * ```
 */
export { isOutdated, kernelFile, kernelFingerprint, kernelNames, kernelSources, stampKernel } from './kernel-files.ts';
export { absenceOf, exportsOf, loadKernel, type LoadedKernel } from './load-kernel.ts';
export { findNodeHeaders } from './node-headers.ts';
export { nodeCrypto, nodeSipCrypto } from './node-crypto.ts';
export { openStunCrypto } from './hmac/open-stun-crypto.ts';
export { nodeRandomness } from './node-randomness.ts';
export { addressText, addressWords, type AddressWords } from './udp/address-words.ts';
export { CoalescingMeter } from './udp/coalescing-policy.ts';
export { createUdpSockets, type UdpSocketsOptions } from './udp/create-udp-sockets.ts';
export { type DatagramSource, noSource, readSource } from './udp/datagram-source.ts';
export { type DatagramDestination, describeDatagram } from './udp/outgoing-datagram.ts';
export { SourceAddresses } from './udp/source-addresses.ts';
export type { DatagramFilter, UdpBatchHandler, UdpOpenFailure, UdpOpenOptions, UdpSockets, UdpStatistics, UdpThread } from './udp/udp-sockets.ts';
export { filterCode, outgoingFlags, outgoingWords, receivedKind, receivedWords } from './udp/udp-sockets.ts';
export { openMappedFile } from './mapped-file/open-mapped-file.ts';
export type { MappedFile } from './mapped-file/mapped-file.ts';
export { loadSrtp } from './srtp/load-srtp.ts';
export type { Srtp } from './srtp/srtp.ts';
export { protectWords, srtpFailure, srtpKind, srtpOverheadBytes, unprotectWords } from './srtp/srtp.ts';
export { deriveSessionKeys } from './srtp/derive-session-keys.ts';
export type { Forwarding } from './srtp/forwarding.ts';
export { forwardingCall, linePlaceBits, lineWords, plainWords, reportWords, streamFlags, streamWords } from './srtp/forwarding.ts';
export { keyingMaterialBytes, splitKeyingMaterial, srtpProfile, type SrtpMasterKey, type SrtpProfile } from './srtp/srtp-profile.ts';
export { loadDtls } from './dtls/load-dtls.ts';
export type { Dtls, DtlsAssociation, DtlsConnected, DtlsIdentity, DtlsState, DtlsStep } from './dtls/dtls.ts';
export { sameFingerprint } from './dtls/same-fingerprint.ts';
export { audioFailure, decodedPart, decodeWords, encodeWords, type AudioCodec } from './audio/audio-codec.ts';
export { kernelLibraries, missingLibraries, type KernelLibrary } from './kernel-libraries.ts';
export { loadOpus } from './opus/load-opus.ts';
export type { Opus, OpusEncoderOptions, OpusSampleRate, OpusSignal } from './opus/opus.ts';
export { g711Law } from './g711/g711.ts';
export { loadG711 } from './g711/load-g711.ts';
export { loadPcm } from './pcm/load-pcm.ts';
export { pcmOperation, pcmWords, resampleWords, type Pcm } from './pcm/pcm.ts';
export { loadVpx } from './vpx/load-vpx.ts';
export { pictureBytes, vpxFailure, type Vp8EncoderOptions, type Vpx } from './vpx/vpx.ts';
export { loadYuv } from './yuv/load-yuv.ts';
export { scaleWords, type PicturePart, type Yuv } from './yuv/yuv.ts';
export type { NumberedCodec } from './audio/numbered-codec.ts';
export { loadG722 } from './g722/load-g722.ts';
export { loadG729 } from './g729/load-g729.ts';
