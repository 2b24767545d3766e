/** Sends a datagram that nobody wants through each interface: `node send-marks.ts <port> <interface>=<text> ...`. Runs on hosts of the lab. */
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

const [port = '', ...marks] = process.argv.slice(2);
for (const mark of marks) {
  const [name = '', text = ''] = mark.split('=');
  const [own] = networkInterfaces()[name] ?? [];
  if (own === undefined) throw new Error(`there is no interface ${name}`);
  const isIpv4 = own.family === 'IPv4';
  const everybody = isIpv4 ? '224.0.0.1' : `ff02::1%${name}`;
  const socket = createSocket(isIpv4 ? 'udp4' : 'udp6').bind(0, () => {
    if (isIpv4) socket.setMulticastInterface(own.address);
    socket.send(text, Number(port), own.internal ? own.address : everybody, () => socket.close());
  });
}
