import { engine, type Tensor } from "@tensorflow/tfjs-core";

/** The same numbers, cut off from the tape: no gradient flows back through what is returned. */
export function stopGradient<T extends Tensor>(x: T): T {
  const { dataId, shape, dtype } = x;
  engine().backend.incRef(dataId);
  return engine().makeTensorFromTensorInfo({ dataId, shape, dtype }) as T;
}
