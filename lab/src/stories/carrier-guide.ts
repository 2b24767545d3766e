import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Member } from './group-room.ts';
import { carrierDomain, type Exchange } from './telephone-room.ts';

const guide = resolve(import.meta.dirname, '../../../docs/guides/carrier.md');
/** What the guide calls its own, and what stands in its place here. */
const carriersAddress = '198.51.100.7';
const carriersNetwork = '198.51.100.0/24';

/**
 * Takes the trunk away that the exchange has, and runs what stands in `docs/guides/carrier.md`, up to where its trunk, number and route are there, in a shell on the server's computer.
 *
 * @returns the number of the guide, which rings at `member`.
 */
export async function connectAsTheGuideSays({ server, operatorToken, network, carrier }: Exchange, member: Member): Promise<string> {
  await server.ask('replaceVoiceRoutes', 'PUT', '/v1/telephony/routes', operatorToken, { routes: [] });
  await server.ask('deleteTrunk', 'DELETE', `/v1/telephony/trunks/${carrierDomain}`, operatorToken);
  const blocks = Array.from((await readFile(guide, 'utf8')).matchAll(/```sh\n([^]*?)```/g), ([, block = '']) => block);
  const [number] = /\+\d{11}/.exec(blocks.find((block) => block.includes('PUT numbers/')) ?? '') ?? assert.fail('the guide adds no number');
  const script = blocks.map((block) => block.replaceAll(carriersAddress, carrier.host.address).replaceAll(carriersNetwork, `${carrier.host.address}/32`)).join('\n');
  const said = await network.host('server').run('sh', ['-ec', `PATH=${dirname(process.execPath)}:$PATH\n${script.replaceAll('$USER_ID', member.rawId)}`]);
  assert.ok(!said.includes('"error"'), said);
  assert.match(said, /goes by sbc\.carrier\.example \(everything\)\.\n$/);
  return number;
}
