/** A computer changes its network while it talks: the call goes on, on the best way that the new network allows. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { labTest } from '../requirements.ts';
import { openPhonesIn, placeOf, siteOf, type AccessNetwork } from './access-networks.ts';
import { bestWays, choose, type Ways } from './best-ways.ts';
import { bothArrive, connectCall, hangUp } from './two-phones.ts';

/** In the middle of a call a browser stays with a pair that works, also where both sides are relayed and one would do. */
const alsoRelayed: Ways = { anna: 'relay/tls', boris: 'relay/udp' };

labTest('from a home to a mobile network, where only the relay helps', (context) => switches(context, 'home', 'carrier', 'carrier', bestWays('carrier', 'carrier')));
labTest('from an open network into a hotel, where only TCP 443 is left', (context) => switches(context, 'open', 'hotel', 'home', [...bestWays('hotel', 'home'), alsoRelayed]));

/** Anna goes from one network to another, Boris stays where he is. Prints how long nothing was heard on either side. */
async function switches(context: TestContext, from: AccessNetwork, to: AccessNetwork, boriss: AccessNetwork, ways: readonly Ways[]): Promise<void> {
  await using phones = await openPhonesIn(from, boriss, [to]);
  const { network, anna, boris } = phones;
  await connectCall(phones);
  await bothArrive(phones);
  await choose(phones, bestWays(from, boriss));
  await Promise.all([anna.phone.call('longestGapMs'), boris.phone.call('longestGapMs')]);
  await bothArrive(phones);

  await network.move(placeOf('anna', from), siteOf('anna', to));
  await choose(phones, ways);
  await bothArrive(phones);
  const [annaHeard, borisHeard] = await Promise.all([anna.phone.call('longestGapMs'), boris.phone.call('longestGapMs')]);
  context.diagnostic(`from ${from} to ${to}: Anna heard nothing for ${annaHeard} ms, Boris for ${borisHeard} ms`);
  assert.equal((await anna.phone.call('situation')).state, 'Connected');
  await hangUp(phones);
}
