import fitted from './model.json' with { type: 'json' };
import { type Model, modelSchema } from './model.ts';

/** The model in use, as `yanshao bench biogas --fit` wrote it. */
export const biogasModel: Model = modelSchema.parse(fitted);
