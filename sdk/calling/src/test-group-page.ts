/** The script of a page in which one user takes part in group calls; the browser tests drive it through `globalThis.member`. */
import type { ActiveCall } from './call/active-call.ts';
import { CallClient, Features, LocalAudioStream, LocalVideoStream, VideoStreamRenderer, type Call, type CallAgent, type IncomingCall, type MediaModes, type RemoteParticipant } from './index.ts';

/** How loud a tone has to be to be heard, in dB of full scale as an AnalyserNode has it. */
const audibleDb = -60;

/** A user with a voice of one frequency and a picture of one colour. */
class GroupMember {
  call: Call | undefined;
  private agent: CallAgent | undefined;
  private incoming: IncomingCall | undefined;
  private readonly audio = new AudioContext();
  private readonly analysers = new Map<MediaStreamTrack, AnalyserNode>();
  private readonly views = new Map<string, HTMLElement>();
  private readonly renderers = new Map<string, VideoStreamRenderer>();

  async signIn(token: string, displayName: string, endpoint: string): Promise<void> {
    const client = new CallClient({ endpoint, logger: { error: console.error, warning: console.warn, info: console.info, verbose: () => {} } });
    this.agent = await client.createCallAgent({ getToken: async () => ({ token }), dispose: () => {} }, { displayName });
    this.agent.on('incomingCall', ({ incomingCall }) => {
      this.incoming = incomingCall;
    });
  }

  join(groupId: string, hertz: number, colour: string): void {
    this.call = this.agent?.join({ groupId }, this.media(hertz, colour));
  }

  start(communicationUserIds: readonly string[], hertz: number, colour: string): void {
    this.call = this.agent?.startCall(communicationUserIds.map((communicationUserId) => ({ communicationUserId })), this.media(hertz, colour));
  }

  async accept(hertz: number, colour: string): Promise<void> {
    await poll(() => this.incoming !== undefined);
    this.call = await this.incoming?.accept(this.media(hertz, colour));
  }

  add(communicationUserId: string): void {
    this.call?.addParticipant({ communicationUserId });
  }

  async reaches(state: string): Promise<void> {
    await poll(() => this.call?.state === state, () => `${this.call?.state} ${JSON.stringify(this.call?.callEndReason)}`);
  }

  /** Resolves when exactly these are audible, of all the frequencies asked about. */
  async hears(hertz: readonly number[], of: readonly number[]): Promise<void> {
    let heard: number[] = [];
    await poll(() => {
      heard = of.filter((tone) => this.loudness(tone) > audibleDb);
      return heard.length === hertz.length && heard.every((tone) => hertz.includes(tone));
    }, () => `heard ${heard.join(', ')}; ${of.map((tone) => Math.round(this.loudness(tone))).join(', ')} dB`);
  }

  /** Shows somebody's camera in an element of its own. */
  async look(displayName: string, width = 320, height = 180): Promise<void> {
    await poll(() => this.streamOf(displayName)?.isAvailable === true);
    const stream = this.streamOf(displayName);
    if (stream === undefined) return;
    const renderer = new VideoStreamRenderer(stream);
    const view = await renderer.createView({ scalingMode: 'Fit' });
    const place = document.createElement('div');
    Object.assign(place.style, { width: `${width}px`, height: `${height}px`, background: 'black', float: 'left' });
    place.id = displayName;
    place.append(view.target);
    document.querySelector('#root')?.append(place);
    this.views.set(displayName, place);
    this.renderers.set(displayName, renderer);
  }

  /** Shows somebody no more. */
  lookAway(displayName: string): void {
    this.renderers.get(displayName)?.dispose();
    this.views.get(displayName)?.remove();
  }

  /** In a packet of its own sound, on average. */
  async bytesOfSound(): Promise<number> {
    let average = 0;
    (await (this.call as ActiveCall | undefined)?.session.peerConnection()?.getStats())?.forEach((entry: { type: string; kind?: string; packetsSent?: number; bytesSent?: number }) => {
      if (entry.type === 'outbound-rtp' && entry.kind === 'audio') average = (entry.bytesSent ?? 0) / Math.max(1, entry.packetsSent ?? 0);
    });
    return average;
  }

  /** Resolves once no packet of its own picture has left for half a second. */
  async sendsNoPicture(): Promise<void> {
    let before = -1;
    let since = performance.now();
    for (const limit = since + 60_000; performance.now() - since < 500; ) {
      if (performance.now() > limit) throw new Error('a picture that nobody watches is sent on');
      let packets = 0;
      (await (this.call as ActiveCall | undefined)?.session.peerConnection()?.getStats())?.forEach((entry: { type: string; kind?: string; packetsSent?: number }) => {
        if (entry.type === 'outbound-rtp' && entry.kind === 'video') packets += entry.packetsSent ?? 0;
      });
      if (packets !== before || packets === 0) since = performance.now();
      before = packets;
      await pause();
    }
  }

  /** The colour in the middle of a picture of the page, as `red`, `lime`, `blue`, or as it is. */
  async colourOf(png: string): Promise<string> {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const [red = 0, green = 0, blue = 0] = context?.getImageData(bitmap.width / 2, bitmap.height / 2, 1, 1).data ?? [];
    const isStrong = (one: number, ...others: number[]) => one > 150 && others.every((other) => other < 90);
    if (isStrong(red, green, blue)) return 'red';
    if (isStrong(green, red, blue)) return 'lime';
    return isStrong(blue, red, green) ? 'blue' : `${red} ${green} ${blue}`;
  }

  /** Where somebody is shown, for a picture of the page. */
  place(displayName: string): { x: number; y: number; width: number; height: number } {
    const { x, y, width, height } = this.views.get(displayName)?.getBoundingClientRect() ?? new DOMRect();
    return { x, y, width, height };
  }

  async isReceiving(displayName: string): Promise<void> {
    await poll(() => this.streamOf(displayName)?.isReceiving === true && (this.streamOf(displayName)?.size.width ?? 0) > 0);
  }

  async setModes(modes: MediaModes): Promise<void> {
    const feature = this.call?.feature(Features.MediaModes);
    await feature?.setModes(modes);
    await poll(() => feature?.modes?.video === modes.video && feature.modes.audio === modes.audio);
  }

  async speakers(): Promise<string[]> {
    await poll(() => this.call?.remoteParticipants.some(({ isSpeaking }) => isSpeaking) === true);
    return this.call?.remoteParticipants.filter(({ isSpeaking }) => isSpeaking).map(({ displayName }) => displayName ?? '') ?? [];
  }

  async hangUp(): Promise<void> {
    await this.call?.hangUp();
  }

  /** For a look at what goes wrong. */
  async statistics(): Promise<unknown> {
    const entries: unknown[] = [];
    (await (this.call as ActiveCall | undefined)?.session.peerConnection()?.getStats())?.forEach((entry: { type: string }) => {
      if (['inbound-rtp', 'outbound-rtp', 'transport', 'candidate-pair'].includes(entry.type)) entries.push(entry);
    });
    return entries;
  }

  private media(hertz: number, colour: string) {
    return {
      audioOptions: { localAudioStreams: [new LocalAudioStream(this.voice(hertz))] },
      videoOptions: { localVideoStreams: [new LocalVideoStream(picture(colour))] },
    };
  }

  private voice(hertz: number): MediaStream {
    const tone = new OscillatorNode(this.audio, { frequency: hertz });
    const destination = this.audio.createMediaStreamDestination();
    tone.connect(new GainNode(this.audio, { gain: 0.2 })).connect(destination);
    tone.start();
    return destination.stream;
  }

  /** Of the loudest track that is heard. */
  private loudness(hertz: number): number {
    const tracks = (this.call as ActiveCall | undefined)?.session.media.heard?.getAudioTracks() ?? [];
    return Math.max(...tracks.map((track) => loudnessIn(this.analyserOf(track), hertz)));
  }

  private analyserOf(track: MediaStreamTrack): AnalyserNode {
    const known = this.analysers.get(track);
    if (known !== undefined) return known;
    const analyser = new AnalyserNode(this.audio, { fftSize: 8192, smoothingTimeConstant: 0 });
    this.audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    this.analysers.set(track, analyser);
    return analyser;
  }

  private participant(displayName: string): RemoteParticipant | undefined {
    return this.call?.remoteParticipants.find((participant) => participant.displayName === displayName);
  }

  private streamOf(displayName: string) {
    return this.participant(displayName)?.videoStreams.find(({ mediaStreamType }) => mediaStreamType === 'Video');
  }
}

export type { GroupMember };

function loudnessIn(analyser: AnalyserNode, hertz: number): number {
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  return bins[Math.round((hertz * analyser.fftSize) / analyser.context.sampleRate)] ?? Number.NEGATIVE_INFINITY;
}

/** 640 by 360 pixels of a colour, with something that moves. */
function picture(colour: string): MediaStream {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 640, height: 360 });
  const context = canvas.getContext('2d');
  let count = 0;
  setInterval(() => {
    if (context === null) return;
    context.fillStyle = colour;
    context.fillRect(0, 0, 640, 360);
    context.fillStyle = 'white';
    context.fillRect((count += 4) % 640, 0, 8, 20);
  }, 40);
  return canvas.captureStream(25);
}

/** Looks every 20 ms, for a minute at most. */
async function poll(condition: () => boolean, state: () => string = () => ''): Promise<void> {
  const limit = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`waited in vain for ${condition.toString()}: ${state()}`);
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

Object.assign(globalThis, { member: new GroupMember() });
