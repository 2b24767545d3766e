/** The script of a page in which one user calls and is called; the browser tests drive it through `globalThis.caller`. */
import type { ActiveCall } from './call/active-call.ts';
import { CallClient, Features, LocalVideoStream, type Call, type CallAgent, type CallClientOptions, type IncomingCall, type RemoteVideoStream } from './index.ts';

export interface VideoSeen {
  readonly width: number;
  readonly height: number;
}

/** A user in a page, with the fake microphone and cameras of the browser. */
class PageCaller {
  private client = this.createClient({});
  private agent: CallAgent | undefined;
  private incoming: IncomingCall | undefined;
  private call: Call | undefined;

  async signIn(token: string, displayName: string, options?: Pick<CallClientOptions, 'endpoint' | 'networkConfiguration'>): Promise<void> {
    if (options !== undefined) this.client = this.createClient(options);
    this.agent = await this.client.createCallAgent({ getToken: async () => ({ token }), dispose: () => {} }, { displayName });
    this.agent.on('incomingCall', ({ incomingCall }) => {
      this.incoming = incomingCall;
    });
  }

  start(communicationUserId: string): void {
    this.call = this.agent?.startCall([{ communicationUserId }]);
  }

  /** Accepts once it rings; returns the milliseconds from `accept()` to the first decoded sound of the other side. */
  async accept(): Promise<number> {
    await poll(() => this.incoming !== undefined);
    const { incoming } = this;
    this.incoming = undefined;
    const began = performance.now();
    this.call = await incoming?.accept();
    await this.decodesAudio();
    return performance.now() - began;
  }

  /** Accepts once it rings, and does not wait for sound. */
  async acceptSilently(): Promise<void> {
    await poll(() => this.incoming !== undefined);
    this.call = await this.incoming?.accept();
  }

  /** Resolves when sound of the other side has been decoded. */
  async decodesAudio(): Promise<void> {
    await pollAsync(async () => ((await this.inbound('audio'))?.['jitterBufferEmittedCount'] ?? 0) > 0);
  }

  async reaches(state: string): Promise<void> {
    await poll(() => this.call?.state === state);
  }

  async startVideo(): Promise<void> {
    const [camera] = await (await this.client.getDeviceManager()).getCameras();
    if (camera === undefined) throw new Error('The browser has no camera.');
    await this.call?.startVideo(new LocalVideoStream(camera));
  }

  async stopVideo(): Promise<void> {
    const [stream] = this.call?.localVideoStreams ?? [];
    if (stream !== undefined) await this.call?.stopVideo(stream);
  }

  async shareScreen(): Promise<void> {
    await this.call?.startScreenSharing();
  }

  /** Waits for the other side's picture; returns its size. */
  async sees(type: 'Video' | 'ScreenSharing'): Promise<VideoSeen> {
    const stream = () => this.streamOfOther(type);
    await poll(() => stream()?.isAvailable === true && stream()?.isReceiving === true && (stream()?.size.width ?? 0) > 0);
    return stream()?.size ?? { width: 0, height: 0 };
  }

  async seesNothing(): Promise<void> {
    await poll(() => this.call?.remoteParticipants[0]?.videoStreams.every(({ isAvailable }) => !isAvailable) ?? true);
  }

  /** Limits what is sent to this height; 0 lifts the limit. */
  async limitHeight(max: number): Promise<void> {
    await this.call?.setConstraints({ video: { send: { frameHeight: { max }, bitrate: { max: 300_000 } } } });
  }

  /** Resolves when the camera's picture leaves here, and the other's arrives, with heights as given: `[least, most]` pixels. */
  async heightsAre(sent: readonly [number, number], received: readonly [number, number]): Promise<void> {
    const isWithin = (height: number | undefined, [least, most]: readonly [number, number]) => height !== undefined && height >= least && height <= most;
    await pollAsync(async () => isWithin(await this.sentHeight(), sent) && isWithin(this.streamOfOther('Video')?.size.height, received));
  }

  async hearsSpeech(): Promise<void> {
    await poll(() => this.call?.remoteParticipants[0]?.isSpeaking === true);
  }

  async hold(): Promise<void> {
    await this.call?.hold();
  }

  async resume(): Promise<void> {
    await this.call?.resume();
  }

  async sendTone(): Promise<void> {
    await this.call?.sendDtmf('Num5');
  }

  /** The host says that its network changed; resolves when media flows under new ICE credentials. */
  async changeNetwork(): Promise<void> {
    const fragment = () => /a=ice-ufrag:(\S+)/.exec(this.peerConnection()?.currentLocalDescription?.sdp ?? '')?.[1];
    const before = fragment();
    window.dispatchEvent(new Event('online'));
    await poll(() => fragment() !== before && this.peerConnection()?.connectionState === 'connected');
    const received = (await this.inbound('audio'))?.['packetsReceived'] ?? 0;
    await pollAsync(async () => ((await this.inbound('audio'))?.['packetsReceived'] ?? 0) > received);
  }

  /** The local end of the pair in use: `host udp`, `relay tls`. */
  async localPath(): Promise<string> {
    const report = await this.peerConnection()?.getStats();
    const entries: Array<Record<string, unknown>> = [];
    report?.forEach((entry: Record<string, unknown>) => entries.push(entry));
    const transport = entries.find(({ type }) => type === 'transport');
    const pair = entries.find(({ id }) => id === transport?.['selectedCandidatePairId']);
    const local = entries.find(({ id }) => id === pair?.['localCandidateId']);
    return `${String(local?.['candidateType'])} ${String(local?.['relayProtocol'] ?? local?.['protocol'])}`;
  }

  /** Begins to find out what is wrong with the network. */
  watchDiagnostics(): void {
    this.call?.feature(Features.UserFacingDiagnostics);
  }

  /** Resolves when this network diagnostic has this value. */
  async networkDiagnosticIs(name: 'noNetwork' | 'networkRelaysNotReachable' | 'networkReconnect', value: boolean | number): Promise<void> {
    await poll(() => this.call?.feature(Features.UserFacingDiagnostics).network.getLatest()[name]?.value === value);
  }

  isPlaying(): boolean {
    const audio = this.call?.remoteAudioStreams.length;
    return audio === 1;
  }

  async hangUp(): Promise<void> {
    await this.call?.hangUp();
  }

  endReason(): string {
    return `${this.call?.callEndReason?.code}/${this.call?.callEndReason?.subCode}`;
  }

  private createClient(options: CallClientOptions): CallClient {
    return new CallClient({ ...options, logger: { error: console.error, warning: console.warn, info: console.info, verbose: () => {} } });
  }

  private streamOfOther(type: 'Video' | 'ScreenSharing'): RemoteVideoStream | undefined {
    return this.call?.remoteParticipants[0]?.videoStreams.find(({ mediaStreamType }) => mediaStreamType === type);
  }

  /** Of the encoder: what is on the wire. */
  private async sentHeight(): Promise<number | undefined> {
    let height: number | undefined;
    const mids = (this.call as ActiveCall | undefined)?.session.streams().filter(({ direction, mediaStreamType }) => direction === 'send' && mediaStreamType === 'Video').map(({ mid }) => mid) ?? [];
    (await this.peerConnection()?.getStats())?.forEach((entry: Record<string, unknown>) => {
      if (entry['type'] === 'outbound-rtp' && mids.includes(String(entry['mid']))) height = entry['frameHeight'] as number | undefined;
    });
    return height;
  }

  private peerConnection(): RTCPeerConnection | undefined {
    return (this.call as ActiveCall | undefined)?.session.peerConnection();
  }

  private async inbound(kind: string): Promise<Record<string, number> | undefined> {
    const report = await this.peerConnection()?.getStats();
    let found: Record<string, number> | undefined;
    report?.forEach((entry: Record<string, unknown>) => {
      if (entry['type'] === 'inbound-rtp' && entry['kind'] === kind) found = entry as Record<string, number>;
    });
    return found;
  }
}

export type { PageCaller };

async function poll(condition: () => boolean): Promise<void> {
  await pollAsync(async () => condition());
}

/** Looks every 5 ms, for a minute at most. */
async function pollAsync(condition: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`waited in vain for ${condition.toString()}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}

Object.assign(globalThis, { caller: new PageCaller() });
