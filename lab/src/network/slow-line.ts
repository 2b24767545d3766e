/**
 * Delays what a router forwards: `node slow-line.ts <delay in ms>`, on the router. Its kernel routes every packet from a segment into a
 * tunnel device ({@link slowLineCommands}); `socat` carries packets between the device and a UDP socket; here each one waits and goes back into the device, from
 * where the kernel forwards it as usual. (`tc netem` would do it inside the kernel, where the kernel has it.)
 */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const [delay = ''] = process.argv.slice(2);
const delayMs = Number(delay);
const here = { address: '127.0.0.1', port: 7001 };
const carrier = { address: '127.0.0.1', port: 7002 };

const socket = createSocket('udp4');
socket.bind(here.port, here.address);
await once(socket, 'listening');
socket.setRecvBufferSize(4 * 1024 * 1024);
// Timers of one length fire in the order they were set: nothing overtakes.
socket.on('message', (packet) => setTimeout(() => socket.send(packet, carrier.port, carrier.address), delayMs));

const udp = `UDP4-DATAGRAM:${here.address}:${here.port},bind=${carrier.address}:${carrier.port},rcvbuf=4194304`;
const socat = spawn('socat', ['-d', '-d', '-b', '65536', 'TUN,tun-name=slow,iff-up,iff-no-pi', udp], { stdio: ['ignore', 'inherit', 'pipe'] });
createInterface({ input: socat.stderr }).on('line', (line) => console.log(line.includes('starting data transfer loop') ? 'the slow line is open' : line));
await once(socat, 'exit');
process.exit(1);
