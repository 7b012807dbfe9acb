FROM node:22-bookworm-slim
WORKDIR /srv/jiexu
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN npm run build:page && node api/cli/jiexu.js --help > /dev/null && mkdir -p .data && chown -R node .
USER node
EXPOSE 8080
CMD ["node", "api/cli/jiexu.js", "start"]
