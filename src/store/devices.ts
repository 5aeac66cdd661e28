/** The devices that training may run on, for the page to choose among. */
export { deviceNames } from '../worker/protocol.ts';
