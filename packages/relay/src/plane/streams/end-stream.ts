import type { Socket } from 'node:net';

/** How long the other side may take to read what was written to it before. */
const lastReadMs = 10_000;

/** Ends a stream after what was written to it; one whose other side reads nothing more is destroyed, so that it holds nothing for ever. */
export function endStream(socket: Socket): void {
  socket.destroySoon();
  const timer = setTimeout(() => socket.destroy(), lastReadMs).unref();
  socket.once('close', () => clearTimeout(timer));
}
