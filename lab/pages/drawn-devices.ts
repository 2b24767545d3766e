import { burstMs, counterBits, framesPerLoop, grayCode, neutralColour, people, stripShare, type Person } from '../src/browsers/test-signal.ts';

const width = 320;
const height = 240;
const framesPerSecond = 15;
const sampleRate = 48_000;

/**
 * From now on microphone and camera of this page are a person's tone and picture, made by the page itself: for browsers that take no files as devices. What they
 * send is what the files have (`lab/src/browsers/fake-devices.ts`).
 */
export function drawDevices(person: Person): void {
  const device = (kind: MediaDeviceKind): MediaDeviceInfo => ({ deviceId: `drawn-${kind}`, groupId: 'drawn', kind, label: `${person}'s ${kind}`, toJSON: () => ({}) });
  navigator.mediaDevices.enumerateDevices = async () => [device('audioinput'), device('videoinput')];
  navigator.mediaDevices.getUserMedia = async ({ audio = false, video = false } = {}) =>
    new MediaStream([...(audio === false ? [] : playTone(person)), ...(video === false ? [] : drawPicture(person))]);
}

function playTone(person: Person): MediaStreamTrack[] {
  const audio = new AudioContext({ sampleRate });
  const burst = (sampleRate * burstMs) / 1000;
  const edge = sampleRate * 0.005;
  const period = audio.createBuffer(1, 2 * burst, sampleRate);
  const samples = Float32Array.from({ length: 2 * burst }, (_, index) => {
    const envelope = Math.max(0, Math.min(1, index / edge, (burst - index) / edge));
    return 0.5 * envelope * Math.sin((2 * Math.PI * people[person].toneHz * index) / sampleRate);
  });
  period.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(audio, { buffer: period, loop: true });
  const output = audio.createMediaStreamDestination();
  source.connect(output);
  source.start();
  return output.stream.getAudioTracks();
}

function drawPicture(person: Person): MediaStreamTrack[] {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const drawing = canvas.getContext('2d');
  if (drawing === null) throw new Error('this browser gives no canvas to draw on');
  let frame = 0;
  const draw = (): void => {
    drawFrame(drawing, person, frame % framesPerLoop);
    frame += 1;
  };
  draw();
  const tracks = canvas.captureStream(framesPerSecond).getVideoTracks();
  const timer = setInterval(() => (tracks.every(({ readyState }) => readyState === 'ended') ? clearInterval(timer) : draw()), 1000 / framesPerSecond);
  return tracks;
}

function drawFrame(drawing: CanvasRenderingContext2D, person: Person, frame: number): void {
  const stripTop = height * (1 - stripShare);
  const fill = (colour: readonly [number, number, number], x: number, y: number, across: number, down: number): void => {
    drawing.fillStyle = `rgb(${colour.join(' ')})`;
    drawing.fillRect(x, y, across, down);
  };
  fill(neutralColour, 0, 0, width, stripTop);
  fill(people[person].colour, 0, 0, width / 2, stripTop / 2);
  fill(people[person].colour, width / 2, stripTop / 2, width / 2, stripTop / 2);
  const cell = width / counterBits;
  for (let bit = 0; bit < counterBits; bit += 1) fill((grayCode(frame) >> bit) & 1 ? [255, 255, 255] : [0, 0, 0], bit * cell, stripTop, cell, height - stripTop);
}
