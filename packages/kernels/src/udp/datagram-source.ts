import { receivedWords } from './udp-sockets.ts';

/** Where a datagram came from, in words as descriptors have them: an IPv4 address fills `w0` and leaves the rest 0. It is written over for every datagram; whoever keeps one takes a copy. */
export interface DatagramSource {
  family: 4 | 6;
  w0: number;
  w1: number;
  w2: number;
  w3: number;
  port: number;
}

export function noSource(): DatagramSource {
  return { family: 4, w0: 0, w1: 0, w2: 0, w3: 0, port: 0 };
}

/** Reads it from the descriptor whose first word is at `at` of `received`. */
export function readSource(received: Int32Array, at: number, source: DatagramSource): void {
  source.family = received[at + receivedWords.family] === 6 ? 6 : 4;
  source.port = received[at + receivedWords.port] ?? 0;
  source.w0 = received[at + receivedWords.w0] ?? 0;
  source.w1 = received[at + receivedWords.w1] ?? 0;
  source.w2 = received[at + receivedWords.w2] ?? 0;
  source.w3 = received[at + receivedWords.w3] ?? 0;
}
