import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A WAV file of half a second of a tone: 16 kHz, 16 bit, mono. The second repeats without a seam where the tone's frequency is even. */
export function toneFile(frequencyHz: number, seconds = 0.5): Buffer {
  const samples = Int16Array.from({ length: 16_000 * seconds }, (_, index) => 8000 * Math.sin((2 * Math.PI * frequencyHz * index) / 16_000));
  const head = Buffer.from('RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\0\0\0', 'latin1');
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer)]);
}

/** A web server with the sounds of an application: `/1000.wav` is a tone of 1000 Hz, `/no.wav` no sound, everything else is missing. */
export async function startSoundSite(t: TestContext): Promise<string> {
  const http = createServer(({ url = '' }, answer) => {
    const frequencyHz = /^\/(\d+)\.wav$/.exec(url)?.[1];
    if (frequencyHz !== undefined) answer.writeHead(200, { 'content-type': 'audio/wav' }).end(toneFile(Number(frequencyHz)));
    else if (url === '/no.wav') answer.writeHead(200).end('no sound');
    else answer.writeHead(404).end();
  });
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  t.after(() => http.close());
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}
