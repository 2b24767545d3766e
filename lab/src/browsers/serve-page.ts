/** Serves one page of the lab on the loopback interface: `node serve-page.ts <page> <port>`. Runs on hosts of the lab. */
import { createServer } from 'node:http';
import { pageDocument } from './lab-page.ts';

const [name = '', port = ''] = process.argv.slice(2);
const body = await pageDocument(name);
createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(body)).listen(Number(port), '127.0.0.1', () => {
  console.log('listening');
});
