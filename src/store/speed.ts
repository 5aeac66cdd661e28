/** Training speed of this browser, for the page to measure. Stands beside the store: nothing of it is kept. */
export { measureSpeed, type Measurement } from '../worker/speedClient.ts';
