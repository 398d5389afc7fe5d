/** The build without Redis: the same classes, and no types of its own. */
declare module 'bottleneck/light.js' {
  export { default } from 'bottleneck';
}
