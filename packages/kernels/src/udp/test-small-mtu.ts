/** A program for a network namespace whose loopback interface has an MTU of 1500: sends what fits and what does not, prints what came of it. */
import { UdpBench } from './test-udp.ts';
import { outgoingFlags } from './udp-sockets.ts';

const { dontFragment } = outgoingFlags;
const datagrams = [[3000, 0], [3000, dontFragment], [1000, dontFragment], [1000, dontFragment], [2000, 0], [2000, 0], [999, 0], [1001, dontFragment]] as const;
const arriving = datagrams.length - 1;

for (const address of ['127.0.0.1', '::1']) {
  const bench = new UdpBench({ after: () => {} }, 'native');
  const [socket, other] = [await bench.open({ address }), await bench.open({ address })];
  const port = bench.sockets.portOf(other);
  bench.send(...datagrams.map(([size, flags]) => ({ socket, address, port, payload: new Uint8Array(size), flags })));
  const told = (await bench.until(arriving + 1)).map((item) => {
    if (item.kind === 'datagram') return `${item.bytes.length} bytes`;
    return `type ${item.type} code ${item.code} MTU ${item.mtu}${item.port === port ? '' : ' for another port'}`;
  });
  console.log([address, `dropped ${bench.sockets.statistics().droppedSends}`, ...told].join(', '));
  bench.sockets.destroy();
}
