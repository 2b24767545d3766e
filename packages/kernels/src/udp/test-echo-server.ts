/** A server of the benchmark: sends every datagram back. `native`, `dgram` (our twin) or `node` (plain node:dgram). Prints its port, and ends when its standard input does. */
import { createSocket } from 'node:dgram';
import { createUdpSockets } from './create-udp-sockets.ts';
import { outgoingWords, receivedWords } from './udp-sockets.ts';

const [kind = 'native', coalescing = '0'] = process.argv.slice(2);
const bufferBytes = 4 * 1024 * 1024;
process.stdin.on('end', () => process.exit()).resume();

if (kind === 'node') {
  const socket = createSocket({ type: 'udp4', recvBufferSize: bufferBytes, sendBufferSize: bufferBytes });
  socket.on('message', (message, { port, address }) => socket.send(message, port, address));
  socket.bind(0, '127.0.0.1', () => console.log(socket.address().port));
} else {
  const sockets = createUdpSockets({ implementation: kind === 'native' ? 'native' : 'dgram', onBatch: (count) => echo(count) });
  sockets.setCoalescing(Number(coalescing));
  sockets.open({ address: '127.0.0.1', port: 0, bufferBytes }, (opened) => console.log(typeof opened === 'number' ? sockets.portOf(opened) : opened.code));

  const { received, outgoing } = sockets;
  const echo = (count: number): number => {
    for (let index = 0; index < count; index += 1) {
      const from = index * receivedWords.stride;
      const to = index * outgoingWords.stride;
      outgoing[to + outgoingWords.socket] = received[from + receivedWords.socket] ?? 0;
      outgoing[to + outgoingWords.family] = received[from + receivedWords.family] ?? 0;
      outgoing[to + outgoingWords.port] = received[from + receivedWords.port] ?? 0;
      outgoing[to + outgoingWords.w0] = received[from + receivedWords.w0] ?? 0;
      outgoing[to + outgoingWords.offset] = received[from + receivedWords.offset] ?? 0;
      outgoing[to + outgoingWords.length] = received[from + receivedWords.length] ?? 0;
      outgoing[to + outgoingWords.headerLength] = 0;
      outgoing[to + outgoingWords.flags] = 0;
    }
    return count;
  };
}
