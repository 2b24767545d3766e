import type { MediaStreamType, Permission } from '@dialplane/calling-api';
import { clientError } from '../communication-services-error.ts';
import type { Emit } from '../event-emitter.ts';
import type { CallMedia } from '../media/call-media.ts';
import type { CallEvents } from '../public/call.ts';
import type { LocalAudioStream, LocalVideoStream } from '../public/streams.ts';
import type { CallServices } from './call-services.ts';

const permissionFor = { Video: 'turnVideoOn', ScreenSharing: 'shareScreen' } as const;

/** The local streams of a call as the application knows them: at most one microphone, one camera, one screen. */
export class LocalStreams {
  camera: LocalVideoStream | undefined;
  screen: LocalVideoStream | undefined;
  private microphone: LocalAudioStream | undefined;
  private ownsMicrophone = false;
  /** Pictures whose source is being opened. */
  private readonly opening = new Map<'Video' | 'ScreenSharing', { readonly stream: LocalVideoStream | undefined; readonly done: Promise<void> }>();
  /** Of the role in a room; everything may be sent without. */
  private permissions: readonly Permission[] | undefined;
  private readonly media: CallMedia;
  private readonly services: CallServices;
  private readonly emit: Emit<CallEvents>;

  constructor(media: CallMedia, services: CallServices, emit: Emit<CallEvents>) {
    this.media = media;
    this.services = services;
    this.emit = emit;
  }

  get audio(): readonly LocalAudioStream[] {
    return this.microphone === undefined ? [] : [this.microphone];
  }

  /** The microphone that the application brought; it outlives the call. */
  get given(): readonly LocalAudioStream[] {
    return this.ownsMicrophone ? [] : this.audio;
  }

  get video(): readonly LocalVideoStream[] {
    return [this.camera, this.screen].filter((stream) => stream !== undefined);
  }

  /** Opens the microphone in the background: a call without one goes on in silence, and the diagnostics tell. */
  openMicrophone(given: LocalAudioStream | undefined): void {
    this.ownsMicrophone = given === undefined;
    const stream = given ?? this.services.localMedia.createMicrophoneStream();
    this.startAudio(stream).catch((error: unknown) => {
      this.services.platform.logger.warning('the microphone could not be opened', error);
    });
  }

  /** Opens the cameras a call starts with; resolves when they are open, or after `patienceMs`: video then follows in an offer of its own. */
  async openCameras(streams: readonly LocalVideoStream[], patienceMs: number): Promise<void> {
    const started = streams.map((stream) =>
      (stream.mediaStreamType === 'ScreenSharing' ? this.startSharing(stream) : this.startCamera(stream)).catch((error: unknown) => {
        this.services.platform.logger.warning('a video stream could not be opened', error);
      }),
    );
    if (started.length === 0) return;
    const { clock } = this.services.platform;
    await Promise.race([Promise.all(started), new Promise<void>((resolve) => clock.after(patienceMs, resolve))]);
  }

  async startAudio(stream: LocalAudioStream): Promise<void> {
    const before = this.microphone;
    this.microphone = stream;
    this.emit('localAudioStreamsUpdated', { added: before === stream ? [] : [stream], removed: before === undefined || before === stream ? [] : [before] });
    await this.media.outgoing.start('Audio', stream);
  }

  async stopAudio(): Promise<void> {
    const { microphone } = this;
    if (microphone === undefined) return;
    this.microphone = undefined;
    await this.media.outgoing.stop('Audio');
    if (this.ownsMicrophone) microphone.dispose();
    this.ownsMicrophone = false;
    this.emit('localAudioStreamsUpdated', { added: [], removed: [microphone] });
  }

  async startCamera(stream: LocalVideoStream): Promise<void> {
    await this.startOnce('Video', this.camera, stream, async () => {
      await this.media.outgoing.start('Video', stream);
      this.camera = stream;
      this.emit('localVideoStreamsUpdated', { added: [stream], removed: [] });
      this.emit('isLocalVideoStartedChanged');
    });
  }

  async stopCamera(stream: LocalVideoStream): Promise<void> {
    if (this.camera === undefined || this.camera !== stream) throw clientError('STREAM_NOT_STARTED');
    this.camera = undefined;
    await this.media.outgoing.stop('Video');
    this.emit('localVideoStreamsUpdated', { added: [], removed: [stream] });
    this.emit('isLocalVideoStartedChanged');
  }

  async startSharing(given?: LocalVideoStream): Promise<void> {
    await this.startOnce('ScreenSharing', this.screen, given, async () => {
      const stream = given ?? (await this.captureScreen());
      await this.media.outgoing.start('ScreenSharing', stream);
      this.screen = stream;
      this.emit('localVideoStreamsUpdated', { added: [stream], removed: [] });
      this.emit('isScreenSharingOnChanged');
    });
  }

  async stopSharing(): Promise<void> {
    const { screen } = this;
    if (screen === undefined) return;
    this.screen = undefined;
    await this.media.outgoing.stop('ScreenSharing');
    this.emit('localVideoStreamsUpdated', { added: [], removed: [screen] });
    this.emit('isScreenSharingOnChanged');
  }

  /** What the role in a room does not permit is not sent any more, and cannot be started. */
  keepTo(permissions: readonly Permission[] | undefined): void {
    this.permissions = permissions;
    const isBarred = (type: 'Video' | 'ScreenSharing'): boolean => permissions?.includes(permissionFor[type]) === false;
    for (const type of ['Video', 'ScreenSharing'] as const) {
      if (!isBarred(type)) continue;
      this.ended(type).catch((error: unknown) => {
        this.services.platform.logger.warning('a picture that may not be sent any more could not be stopped', error);
      });
    }
  }

  /** A source ended by itself. A microphone may come back (its stream follows the selection); a picture is stopped. */
  async ended(type: MediaStreamType): Promise<void> {
    if (type === 'ScreenSharing') await this.stopSharing();
    else if (type === 'Video' && this.camera !== undefined) await this.stopCamera(this.camera);
  }

  /** Opens a picture of which a call sends one. Asked for twice, the same is opened once, and another one is refused. */
  private async startOnce(type: 'Video' | 'ScreenSharing', current: LocalVideoStream | undefined, stream: LocalVideoStream | undefined, open: () => Promise<void>): Promise<void> {
    const opening = this.opening.get(type);
    if (this.permissions?.includes(permissionFor[type]) === false) throw clientError('ROLE_FORBIDS');
    if (stream !== undefined && current === stream) return;
    if (stream !== undefined && opening?.stream === stream) {
      await opening.done;
      return;
    }
    if (current !== undefined || opening !== undefined) throw clientError('VIDEO_ALREADY_STARTED', type === 'Video' ? {} : { message: 'A screen is being shared already; stop that first.' });
    const done = open().finally(() => this.opening.delete(type));
    this.opening.set(type, { stream, done });
    await done;
  }

  private async captureScreen(): Promise<LocalVideoStream> {
    const attempt = this.services.localMedia.captureScreen();
    this.media.outgoing.onAttempt.call('ScreenSharing', attempt);
    return await attempt;
  }

  /** The call is over: a microphone of its own making is closed with it. */
  close(): void {
    if (this.ownsMicrophone) this.microphone?.dispose();
  }
}
