import assert from 'node:assert/strict';
import { lookup } from 'node:dns';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { SoundFile } from '@dialplane/media-api';
import type { FetchGuard } from './fetch-file.ts';
import { SoundLibrary, type SoundLimits, type SoundOutcome } from './sound-library.ts';
import { amplitudeAt, sine, wavFile } from './test-wav.ts';

const guard: FetchGuard = { refusal: (url) => (url.includes('forbidden') ? 'Nobody goes there.' : undefined), lookup };

async function openLibrary(t: TestContext, limits: Partial<SoundLimits> = {}): Promise<SoundLibrary> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-sounds-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'left.pcm'), 'of an earlier run');
  const library = await SoundLibrary.open({ folder, guard, limits });
  t.after(() => library.close());
  return library;
}

/** A web server; `asked` are the requests that it got. */
async function website(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers['if-none-match'] ?? ''}`.trim());
    answer(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function samplesOf({ path }: SoundFile): Promise<Float32Array> {
  const bytes = await readFile(path);
  return Float32Array.from(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), (sample) => sample / 32_768);
}

async function until(ask: () => Promise<string>, pattern: RegExp): Promise<string> {
  for (;;) {
    const answer = await ask();
    if (pattern.test(answer)) return answer;
  }
}

function sentenceOf(outcome: SoundOutcome): string {
  return outcome.kind === 'ready' ? `ready ${outcome.sound.path}` : `${outcome.kind}: ${outcome.sentence}`;
}

test('WAV files of many kinds become samples of one channel at the lowest rate that loses nothing', async (t) => {
  const library = await openLibrary(t);
  assert.deepEqual(await readdir(library.folder), []);
  const path = join(library.folder, '..', `dialplane-${process.pid}.wav`);
  t.after(() => rm(path, { force: true }));
  for (const [sampleRate, bits, channels, expected] of [[8000, 8, 1, 8000], [16_000, 16, 1, 16_000], [11_025, 16, 2, 16_000], [44_100, 24, 2, 48_000], [48_000, 16, 1, 48_000]] as const) {
    await writeFile(path, wavFile([sine(1000, sampleRate), sine(1500, sampleRate)].slice(0, channels), { sampleRate, bits }));
    const outcome = await library.read(path);
    assert.ok(outcome.kind === 'ready', sentenceOf(outcome));
    assert.equal(outcome.sound.sampleRate, expected);
    const samples = (await samplesOf(outcome.sound)).subarray(400, -400);
    assert.ok(Math.abs(amplitudeAt(1000, samples, expected) - 0.5 / channels) < 0.02);
    assert.ok(Math.abs(amplitudeAt(1500, samples, expected) - (channels - 1) * 0.25) < 0.02);
  }
});

test('a file is fetched, asked for again, and comes again only where it has changed; one with a name is asked for once', async (t) => {
  const library = await openLibrary(t);
  const files = [sine(500, 8000), sine(700, 8000)].map((signal) => wavFile([signal], { sampleRate: 8000 }));
  let version = 0;
  const site = await website(t, (request, response) => {
    const etag = `"${version}"`;
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.writeHead(200, { etag }).end(files[version]);
  });
  const fetch = async (cacheId?: string): Promise<string> => sentenceOf(await library.fetch({ url: `${site.url}/a.wav`, owner: 'r', ...(cacheId !== undefined && { cacheId }) }));
  const [first, again] = [await fetch(), await fetch()];
  assert.equal(first, again);
  assert.equal(await fetch('welcome'), first);
  version = 1;
  assert.equal(await fetch('welcome'), first);
  assert.notEqual(await fetch(), first);
  assert.notEqual(sentenceOf(await library.fetch({ url: `${site.url}/a.wav`, owner: 'another', cacheId: 'welcome' })), first);
  assert.deepEqual(site.asked, ['/a.wav', '/a.wav "0"', '/a.wav "0"', '/a.wav "0"', '/a.wav "1"']);
  assert.equal((await readdir(library.folder)).length, 2);
});

test('what cannot be fetched says why', async (t) => {
  const library = await openLibrary(t, { mostBytesOfFile: 1000, fetchWithinMs: 200 });
  const site = await website(t, ({ url }, response) => {
    if (url === '/large') response.writeHead(200).end(Buffer.alloc(1001));
    else if (url === '/around') response.writeHead(302, { location: '/around' }).end();
    else if (url === '/away') response.writeHead(302, { location: 'http://forbidden.example/' }).end();
    else if (url === '/slow') response.writeHead(200).write('R');
    else response.writeHead(404).end();
  });
  const sentence = async (path: string): Promise<string> => sentenceOf(await library.fetch({ url: `${site.url}${path}`, owner: 'r' }));
  assert.equal(await sentence('/missing'), 'unreachable: Its server answered 404.');
  assert.equal(await sentence('/large'), 'unreachable: It is larger than 1000 bytes.');
  assert.equal(await sentence('/around'), 'unreachable: It is redirected more than 3 times.');
  assert.equal(await sentence('/away'), 'unreachable: Nobody goes there.');
  assert.equal(await sentence('/slow'), 'unreachable: It did not come within 0.2 seconds.');
  assert.match(sentenceOf(await library.read('/nowhere/a.wav')), /^unreachable: ENOENT/);
});

test('files in flight have a limit in bytes, of one owner and of all; there is room again when they are decoded', async (t) => {
  const file = wavFile([sine(500, 8000)], { sampleRate: 8000 });
  const library = await openLibrary(t, { mostBytesOfOwner: file.length + 1, mostBytesOfAll: 2 * file.length + 1 });
  const waiting = new Map<string, ServerResponse>();
  const { promise: held, resolve: holds } = Promise.withResolvers<void>();
  const site = await website(t, ({ url = '' }, response) => {
    response.writeHead(200);
    if (!url.startsWith('/held')) return void response.end(file);
    // All but its last bytes, which come when the others have been refused.
    response.write(file.subarray(0, -4));
    waiting.set(url, response);
    if (waiting.size === 2) holds();
  });
  const fetch = async (path: string, owner: string): Promise<string> => sentenceOf(await library.fetch({ url: `${site.url}${path}`, owner }));
  const first = Promise.all([fetch('/held/1', 'r'), fetch('/held/2', 's')]);
  await held;
  // What was written last is there when a request that was made after it is answered.
  assert.match(await until(() => fetch('/again', 'r'), /^unreachable/), /^unreachable: The files that are being fetched for this resource are larger than \d+ bytes together\. Try again in a moment\.$/);
  assert.match(await until(() => fetch('/third', 't'), /^unreachable/), /^unreachable: The files that this server is fetching are larger than \d+ bytes together\. Try again in a moment\.$/);
  for (const response of waiting.values()) response.end(file.subarray(-4));
  for (const outcome of await first) assert.match(outcome, /^ready/);
  assert.match(await fetch('/again', 'r'), /^ready/);
});

test('what is no WAV file that is played says why, whatever it is', async (t) => {
  const library = await openLibrary(t);
  const path = join(library.folder, '..', `dialplane-bad-${process.pid}.wav`);
  t.after(() => rm(path, { force: true }));
  const sound = sine(1000, 16_000);
  const read = async (bytes: Uint8Array): Promise<string> => {
    await writeFile(path, bytes);
    return sentenceOf(await library.read(path));
  };
  assert.equal(await read(Buffer.from('ID3 this is something else')), 'unplayable: It is not a WAV file.');
  assert.equal(await read(new Uint8Array(0)), 'unplayable: It is not a WAV file.');
  assert.equal(await read(wavFile([sound, sound, sound], { sampleRate: 16_000 })), 'unplayable: It has 3 channels; one or two are played.');
  assert.equal(await read(wavFile([sound], { sampleRate: 96_000 })), 'unplayable: It has 96000 samples a second; 8,000 to 48,000 are played.');
  assert.equal(await read(wavFile([sound], { sampleRate: 4000 })), 'unplayable: It has 4000 samples a second; 8,000 to 48,000 are played.');
  assert.equal(await read(wavFile([new Float32Array(0)], { sampleRate: 16_000 })), 'unplayable: There is no sound in it.');
  assert.match(await read(wavFile([sound], { sampleRate: 16_000, format: 85 })), /^unplayable: It (is compressed|cannot be read)/);
  const whole = wavFile([sound], { sampleRate: 16_000 });
  for (let length = 0; length < 60; length += 4) assert.match(await read(whole.subarray(0, length)), /^(unplayable: |ready )/);
});

test('the next run has the sounds of the one before, which calls may be playing, and nothing that was half written', async (t) => {
  const before = await openLibrary(t);
  const site = await website(t, (_request, response) => void response.writeHead(200).end(wavFile([sine(400, 16_000)], { sampleRate: 16_000 })));
  const fetch = async (library: SoundLibrary): Promise<string> => sentenceOf(await library.fetch({ url: site.url, owner: 'r' }));
  const path = await fetch(before);
  const written = (await stat(path.slice('ready '.length))).mtimeMs;
  await before.close();
  await writeFile(join(before.folder, '7.part'), 'half');
  const after = await SoundLibrary.open({ folder: before.folder, guard });
  t.after(() => after.close());
  assert.deepEqual((await readdir(after.folder)).map((name) => path.endsWith(name)), [true]);
  assert.equal(await fetch(after), path);
  assert.equal((await stat(path.slice('ready '.length))).mtimeMs, written, 'it is not decoded again');
  const full = await SoundLibrary.open({ folder: before.folder, guard, limits: { mostBytesKept: 10 } });
  t.after(() => full.close());
  assert.equal((await readdir(full.folder)).length, 1, 'the newest one is there even where there is no room');
});

test('when there is no more room the sounds that were not used for longest go', async (t) => {
  const library = await openLibrary(t, { mostBytesKept: 20_000 });
  const site = await website(t, ({ url = '' }, response) => void response.writeHead(200).end(wavFile([sine(Number(url.slice(1)), 8000)], { sampleRate: 8000 })));
  const fetch = async (frequencyHz: number): Promise<string> => sentenceOf(await library.fetch({ url: `${site.url}/${frequencyHz}`, owner: 'r' }));
  const first = await fetch(400);
  for (const frequencyHz of [500, 400, 600]) await fetch(frequencyHz);
  const kept = await readdir(library.folder);
  assert.equal(kept.length, 2);
  assert.ok(kept.some((name) => first.endsWith(name)), 'the one that was used again is kept');
});
