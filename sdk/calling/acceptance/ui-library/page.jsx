/** The page of the acceptance test: the UI library as an application uses it. The test drives it through the global `ui`. */
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { LocalVideoStream } from '@azure/communication-calling';
import {
  CallAgentProvider, CallClientProvider, CallComposite, CallProvider, createAzureCommunicationCallAdapter, createAzureCommunicationCallAdapterFromClient,
  createStatefulCallClient, FluentThemeProvider,
  usePropsFor, VideoGallery,
} from '@azure/communication-react';
import React from 'react';
import { createRoot } from 'react-dom/client';

const root = createRoot(document.querySelector('#root'));
const ui = {};
globalThis.ui = ui;

/** The caller: the whole composite, which calls `targetCallees` or joins `locator`. */
ui.startComposite = async ({ token, rawId, displayName, ...where }) => {
  const adapter = await createAzureCommunicationCallAdapter({
    userId: { communicationUserId: rawId },
    displayName,
    credential: new AzureCommunicationTokenCredential(token),
    ...where,
  });
  const pages = [adapter.getState().page];
  // As rendered: React shows the state at the end of a task, not the steps between.
  adapter.onStateChange(() => queueMicrotask(() => {
    const { page } = adapter.getState();
    if (pages.at(-1) !== page) pages.push(page);
  }));
  ui.adapter = adapter;
  ui.pages = pages;
  root.render(React.createElement(CallComposite, { adapter }));
};

/** The callee: the stateful client and the library's video gallery, as in its "build your own" documents. */
ui.awaitCall = async ({ token, rawId, displayName }) => {
  const client = createStatefulCallClient({ userId: { communicationUserId: rawId } });
  const deviceManager = await client.getDeviceManager();
  await deviceManager.askDevicePermission({ audio: true, video: true });
  const [camera] = await deviceManager.getCameras();
  const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName });
  ui.client = client;
  ui.remote = () => Object.values(Object.values(client.getState().calls)[0]?.remoteParticipants ?? {})[0];
  agent.on('incomingCall', async ({ incomingCall }) => {
    const call = await incomingCall.accept({ videoOptions: { localVideoStreams: [new LocalVideoStream(camera)] } });
    root.render(
      React.createElement(FluentThemeProvider, null,
        React.createElement(CallClientProvider, { callClient: client },
          React.createElement(CallAgentProvider, { callAgent: agent },
            React.createElement(CallProvider, { call }, React.createElement(Gallery))))),
    );
  });
};

/** The caller of telephones: the whole composite on a client of its own, as below. */
ui.callTelephone = async ({ token, rawId, displayName, endpoint, phoneNumber, alternateCallerId }) => {
  const client = createStatefulCallClient({ userId: { communicationUserId: rawId } }, { callClientOptions: { endpoint } });
  const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName });
  ui.adapter = await createAzureCommunicationCallAdapterFromClient(client, agent, [{ phoneNumber }], { alternateCallerId });
  ui.states = [];
  ui.adapter.onStateChange(({ call, page }) => {
    ui.page = page;
    if (call !== undefined && ui.states.at(-1) !== call.state) ui.states.push(call.state);
  });
  root.render(React.createElement(CallComposite, { adapter: ui.adapter }));
};

/** A member of a group call, or of the call of a room: the whole composite on a client of its own, which is told where the server is. */
ui.join = async ({ token, rawId, displayName, endpoint, locator }) => {
  const client = createStatefulCallClient({ userId: { communicationUserId: rawId } }, { callClientOptions: { endpoint } });
  const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName });
  ui.client = client;
  ui.adapter = await createAzureCommunicationCallAdapterFromClient(client, agent, locator);
  ui.role = () => Object.values(client.getState().calls)[0]?.role;
  ui.others = () => Object.values(Object.values(client.getState().calls)[0]?.remoteParticipants ?? {}).map((participant) => participant.displayName).sort();
  root.render(React.createElement(CallComposite, { adapter: ui.adapter }));
};

function Gallery() {
  return React.createElement('div', { style: { width: '100%', height: '100%' } }, React.createElement(VideoGallery, usePropsFor(VideoGallery)));
}
