import { Ajv } from 'ajv'
import formatsPlugin from 'ajv-formats'
import type { FastifyInstance } from 'fastify'

const addFormats = formatsPlugin as unknown as (ajv: Ajv) => Ajv

/**
 * Bodies are taken as they are: a number written as text is a fault. Parameters arrive as text and are converted.
 * An unknown parameter is refused everywhere, also where a route names none.
 */
export function validateStrictly(app: FastifyInstance): void {
  const options = { allErrors: false, strict: false, removeAdditional: false, useDefaults: true }
  const ofBodies = addFormats(new Ajv({ ...options, coerceTypes: false }))
  const ofParameters = addFormats(new Ajv({ ...options, coerceTypes: true }))
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === 'body' ? ofBodies : ofParameters).compile(schema as object),
  )
  app.addHook('onRoute', (route) => {
    const schema = (route.schema ??= {})
    if (schema.hide && !route.url.startsWith('/api')) return
    schema.querystring = {
      type: 'object',
      ...(schema.querystring as object),
      additionalProperties: false,
    }
  })
}
