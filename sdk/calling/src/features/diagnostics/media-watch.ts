import type { CallInternals, StatsSample } from '../../call-internals.ts';
import type { MediaStreamType } from '../../public/streams.ts';
import type { MediaDiagnosticType } from '../../public/diagnostics.ts';
import type { LocalAudioStream, LocalVideoStream } from '../../public/streams.ts';
import { parseStats } from '../../stats/parse-stats.ts';
import { localTrackOf, type CaptureProblem } from '../../streams/local-track.ts';
import { captureFailure, deadMicrophoneMs, frozenCameraMs, silentMicrophoneMs, Standstill } from './capture-rules.ts';
import type { DiagnosticBoard } from './diagnostic-board.ts';
import { MutedSpeechWatch } from './muted-speech-watch.ts';

/** How long a camera may take to open (the time a person takes to permit it not included: browsers ask without a bound). */
const cameraStartLimitMs = 10_000;

type LocalStream = LocalAudioStream | LocalVideoStream;

/** Finds what is wrong with microphone, camera, screen and speakers of a call and writes it on the board, until the call ends. */
export class MediaWatch {
  private readonly call: CallInternals;
  private readonly board: DiagnosticBoard<MediaDiagnosticType>;
  private readonly streams = new Map<LocalStream, () => void>();
  private readonly sound = new Standstill();
  private readonly pictures = new Standstill();

  constructor(call: CallInternals, board: DiagnosticBoard<MediaDiagnosticType>) {
    this.call = call;
    this.board = board;
  }

  start(): void {
    const { call, board } = this;
    const mutedSpeech = new MutedSpeechWatch(call, (isSpeaking) => board.setFlag('speakingWhileMicrophoneIsMuted', isSpeaking));
    const stop = [
      call.onStats((sample) => this.judge(sample)),
      call.onCaptureAttempt((type, attempt) => this.followAttempt(type, attempt)),
      this.watchDevices(),
      () => mutedSpeech.close(),
    ];
    for (const stream of [...call.call.localAudioStreams, ...call.call.localVideoStreams]) this.watch(stream);
    const onUpdated = ({ added, removed }: { added: LocalStream[]; removed: LocalStream[] }) => {
      for (const stream of added) this.watch(stream);
      for (const stream of removed) this.forget(stream);
    };
    call.call.on('localAudioStreamsUpdated', onUpdated);
    call.call.on('localVideoStreamsUpdated', onUpdated);
    call.onEnded(() => {
      for (const undo of [...stop, ...this.streams.values()]) undo();
    });
  }

  private watch(stream: LocalStream): void {
    if (!this.streams.has(stream)) this.streams.set(stream, localTrackOf(stream).onProblem((problem) => this.onProblem(stream.mediaStreamType, problem)));
  }

  private forget(stream: LocalStream): void {
    this.streams.get(stream)?.();
    this.streams.delete(stream);
  }

  private onProblem(type: MediaStreamType, problem: CaptureProblem): void {
    if (type === 'Audio') {
      if (problem === 'stoppedUnexpectedly') this.board.setFlag('microphoneNotFunctioning', true);
      else this.board.setFlag('microphoneMuteUnexpectedly', problem === 'muted' && !this.call.call.isMuted);
    } else if (problem === 'stoppedUnexpectedly') {
      this.board.setFlag(type === 'ScreenSharing' ? 'capturerStoppedUnexpectedly' : 'cameraStoppedUnexpectedly', true);
    }
  }

  private followAttempt(type: MediaStreamType, attempt: Promise<unknown>): void {
    const cancel =
      type === 'Video' ? this.call.platform.clock.after(cameraStartLimitMs, () => this.board.setFlag('cameraStartTimedOut', true)) : () => {};
    attempt.then(() => this.onStarted(type), (error: unknown) => this.onFailed(type, error)).finally(cancel);
  }

  /** A capture that works takes back what was said of the one before. */
  private onStarted(type: MediaStreamType): void {
    const cleared: Partial<Record<MediaStreamType, readonly MediaDiagnosticType[]>> = {
      Audio: ['microphonePermissionDenied', 'microphoneNotFunctioning', 'microphoneMuteUnexpectedly'],
      Video: ['cameraPermissionDenied', 'cameraStartFailed', 'cameraStartTimedOut', 'cameraStoppedUnexpectedly', 'cameraFreeze'],
      ScreenSharing: ['capturerStartFailed', 'capturerStoppedUnexpectedly', 'screenshareRecordingDisabled'],
    };
    for (const diagnostic of cleared[type] ?? []) this.board.setFlag(diagnostic, false);
  }

  private onFailed(type: MediaStreamType, error: unknown): void {
    const failure = captureFailure(error);
    if (type === 'Audio') this.board.setFlag(failure === 'failed' ? 'microphoneNotFunctioning' : 'microphonePermissionDenied', true);
    else if (type === 'Video') this.board.setFlag(failure === 'failed' ? 'cameraStartFailed' : 'cameraPermissionDenied', true);
    else this.board.setFlag(failure === 'deniedBySystem' ? 'screenshareRecordingDisabled' : 'capturerStartFailed', true);
  }

  private judge({ report, at }: StatsSample): void {
    const { sent } = parseStats(report, at, (mid, direction) => this.call.streamOf(mid, direction)?.mediaStreamType);
    const isListening = this.call.call.state === 'Connected' && !this.call.call.isMuted;
    const audio = sent.find(({ mediaStreamType }) => mediaStreamType === 'Audio');
    if (!isListening) this.sound.reset();
    const silentMs = isListening ? this.sound.observe(audio?.totalAudioEnergy, at) : 0;
    if (isListening && audio !== undefined) {
      this.board.setFlag('microphoneNotMuteButSilent', silentMs >= silentMicrophoneMs);
      if (silentMs >= deadMicrophoneMs || silentMs === 0) this.board.setFlag('microphoneNotFunctioning', silentMs > 0);
    }
    const camera = this.call.call.isLocalVideoStarted ? sent.find(({ mediaStreamType }) => mediaStreamType === 'Video') : undefined;
    this.board.setFlag('cameraFreeze', this.pictures.observe(camera?.source.frames, at) >= frozenCameraMs);
  }

  private watchDevices(): () => void {
    const { mediaDevices, logger } = this.call.platform;
    const look = () => {
      this.lookForDevices().catch((error: unknown) => {
        logger.info('the devices could not be listed', error);
      });
    };
    look();
    mediaDevices?.addEventListener?.('devicechange', look);
    return () => mediaDevices?.removeEventListener?.('devicechange', look);
  }

  private async lookForDevices(): Promise<void> {
    const devices = await this.call.platform.mediaDevices?.enumerateDevices?.();
    if (devices === undefined) return;
    const isMissing = (kind: MediaDeviceKind) => !devices.some((device) => device.kind === kind);
    this.board.setFlag('noMicrophoneDevicesEnumerated', isMissing('audioinput'));
    if (this.canChooseSpeaker()) this.board.setFlag('noSpeakerDevicesEnumerated', isMissing('audiooutput'));
  }

  private canChooseSpeaker(): boolean {
    const { document } = this.call.platform;
    return document !== undefined && 'setSinkId' in document.createElement('audio');
  }
}
