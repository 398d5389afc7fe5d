import { lockText } from '../../src/core/data/lock.ts';
import { dataWanted, orderText } from '../../src/core/data/order.ts';
import { recipeOf } from '../../src/core/data/wanted.ts';
import { imageFolder } from '../../src/core/images/folder.ts';
import { at } from '../../src/core/json.ts';
import { Bench } from '../support/apply-bench.ts';

/*
 * For tests in Python: what the platform gives servers of a hub with input data and an image with baked samples.
 * `server_parts.ts MIRROR FILES`, the files being {"path": bytes} of OGGM's server, which the mirror has too. Prints
 * {order, env, cmd, start}: the filler's order, a profile's variables, a server's command, the image's own start.
 */
const [mirror = '', given = '{}'] = process.argv.slice(2);
const sizes = JSON.parse(given) as Record<string, number>;
const SERVER = 'https://cluster.klima.uni-bremen.de/';
const files = Object.entries(sizes).map(([path, bytes]) => ({ url: SERVER + path, bytes }));
const urls = files.map(({ url }) => url);
const set = { title: 'Hintereisferner', files: urls, size: '1Gi', mirrors: { [SERVER]: [mirror] } };

const bench = new Bench(
  [
    'clusters/main.yaml',
    'storage: {homes: {class: standard}}',
    'storage: {homes: {class: standard}, data: {class: standard}}',
  ],
  ['data/alps.yaml', '', JSON.stringify(set)],
  ['data/alps.lock.yaml', '', lockText({ recipe: recipeOf(set), files })],
  ['images/science/image.yaml', 'oggm:', 'bake: [sample-data, salem]\noggm:'],
  ['environments/one.yaml', 'images: [science]', 'images: [science]\ndata: [alps]'],
);
const { platform } = bench;
const { values } = bench.wanted('one').release;
const science = platform.images.get('science');
const wanted = dataWanted(platform, 'main');
if (!science || !wanted) throw new Error('the platform has no image or no data');
const { files: folder } = imageFolder('science', science.data, platform.settings.data, []);
const parts = {
  order: orderText(wanted, 'fill', []),
  env: {
    ...(at(values, '/glaciocloud/profiles/images/0/env') as object),
    ...(at(values, '/glaciocloud/profiles/sizes/0/env') as object),
  },
  cmd: at(values, '/jupyterhub/singleuser/cmd'),
  start: folder.get('start'),
};
process.stdout.write(JSON.stringify(parts));
