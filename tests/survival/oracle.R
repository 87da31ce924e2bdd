# Runs R's `survival` on its own data sets and writes, for each case, the rows it used and what it found.
# Usage: Rscript oracle.R <folder>. Read by test_against_r.py, which gives the same rows to our estimators.
suppressPackageStartupMessages({library(survival); library(splines)})
options(digits = 17)
out <- commandArgs(trailingOnly = TRUE)[1]

save <- function(frame, ...) {
  for (i in seq_along(frame)) if (is.numeric(frame[[i]])) frame[[i]] <- sprintf("%.17g", frame[[i]])
  write.csv(frame, file.path(out, paste0(paste(..., sep = "_"), ".csv")), row.names = FALSE, na = "")
}
rows <- function(stop, event, ..., start = NULL, stratum = NULL, cluster = NULL, weight = NULL, group = NULL) {
  frame <- data.frame(stop = stop, event = as.integer(event), ...)
  for (name in c("start", "stratum", "cluster", "weight", "group")) frame[[name]] <- get(name)
  frame[complete.cases(frame), ]
}
number <- function(x) as.numeric(x)

# Data --------------------------------------------------------------------------------------------------------
pbc_rows <- do.call(rbind, lapply(split(pbcseq, pbcseq$id), function(d) {
  d$start <- d$day
  d$stop <- c(d$day[-1], d$futime[1])
  d$event <- c(rep(0, nrow(d) - 1), as.integer(d$status[1] == 2))
  d[d$stop > d$start, ]
}))
mgus <- transform(mgus2, entry = age, exit = age + futime / 12, male = number(sex == "M"))
mgus <- mgus[mgus$exit > mgus$entry, ]
dead <- subset(colon, etype == 2)

cox_cases <- list(
  lung = with(lung, rows(time, status == 2, age = age, sex = sex, ecog = ph.ecog)),
  lung_weights = with(lung, rows(time, status == 2, age = age, sex = sex,
                                 weight = 0.5 + (seq_along(time) %% 4) / 2)),
  veteran = with(veteran, rows(time, status, trt = trt, karno = karno, age = age, prior = prior, stratum = celltype)),
  ovarian = with(ovarian, rows(futime, fustat, age = age, rx = rx)),
  heart = with(heart, rows(stop, event, start = start, age = age, year = year, surgery = surgery,
                           transplant = number(transplant == 1), cluster = id)),
  bladder2 = with(bladder2, rows(stop, event, start = start, rx = rx, number = number, size = size,
                                 stratum = enum, cluster = id)),
  cgd = with(cgd, rows(tstop, status, start = tstart, treat = number(treat == "rIFN-g"), age = age,
                       steroids = steroids, cluster = id)),
  kidney = with(kidney, rows(time, status, age = age, sex = sex, frail = frail, cluster = id)),
  colon = with(dead, rows(ceiling(time / 30), status, age = age, nodes = nodes, lev5fu = number(rx == "Lev+5FU"),
                          extent = extent, stratum = sex, weight = 1 + (id %% 3) / 2, cluster = id %% 200)),
  pbcseq = with(pbc_rows, rows(ceiling(stop / 30), event, start = pmin(floor(start / 30), ceiling(stop / 30) - 1),
                               age = age, bili = log(bili), albumin = albumin, edema = edema, cluster = id)),
  mgus2_age = with(mgus, rows(exit, death, start = entry, male = male, hgb = hgb)),
  retinopathy = with(retinopathy, rows(futime, status, trt = trt, age = age, risk = risk, cluster = id)),
  rotterdam = with(rotterdam, rows(ceiling(dtime / 91), death, age = age, nodes = nodes, grade = grade, meno = meno))
)

# Cox: coefficients, tests, proportional hazards, baseline, predictions ----------------------------------------
for (case in names(cox_cases)) for (ties in c("efron", "breslow")) {
  d <- cox_cases[[case]]
  d$y <- if (is.null(d$start)) with(d, Surv(stop, event)) else with(d, Surv(start, stop, event))
  d$w <- if (is.null(d$weight)) 1 else d$weight
  terms <- setdiff(names(d), c("stop", "event", "start", "stratum", "cluster", "weight", "group", "y", "w"))
  formula <- reformulate(c(terms, if (!is.null(d$stratum)) "strata(stratum)"), "y")
  fit <- if (is.null(d$cluster)) coxph(formula, d, weights = w, ties = ties, robust = FALSE)
         else coxph(formula, d, weights = w, ties = ties, cluster = cluster)
  naive <- if (is.null(fit$naive.var)) fit$var else fit$naive.var
  tests <- summary(fit)
  save(data.frame(term = terms, coef = fit$coefficients, se = sqrt(diag(fit$var)), model_se = sqrt(diag(naive))),
       "cox", case, ties, "coef")
  save(data.frame(name = c("loglik_null", "loglik", "wald", "score"),
                  value = c(fit$loglik, fit$wald.test, fit$score)), "cox", case, ties, "stat")
  # cox.zph reads the model's own information, so robust errors make no difference to it.
  for (transform in c("km", "rank", "identity")) {
    z <- cox.zph(fit, transform = transform)
    save(data.frame(term = rownames(z$table), z$table), "cox", case, ties, "zph", transform)
    if (transform == "km" && is.null(d$stratum))
      save(data.frame(time = z$time, z$y), "cox", case, ties, "schoenfeld")
  }
  at <- quantile(d$stop[d$event == 1], c(0.1, 0.5, 0.9), type = 1)
  new <- d[c(1, 5, 9), ]
  for (j in 1:3) {
    curve <- summary(survfit(fit, newdata = new[j, ], conf.type = "log"), times = at, extend = TRUE)
    save(data.frame(time = curve$time, stratum = if (is.null(d$stratum)) "" else as.character(new$stratum[j]),
                    survival = number(curve$surv), se = number(curve$std.err), lower = number(curve$lower),
                    upper = number(curve$upper)), "cox", case, ties, "predict", j)
  }
  d$y <- NULL
  d$w <- NULL
  if (ties == "efron") save(d, "cox", case, "data")
}

# Kaplan-Meier and restricted means -----------------------------------------------------------------------------
curve_cases <- list(
  lung = with(lung, rows(time, status == 2, group = sex)),
  veteran = with(veteran, rows(time, status, group = celltype)),
  heart = with(heart, rows(stop, event, start = start, group = number(transplant == 1))),
  mgus2_age = with(subset(mgus, entry > 55), rows(exit - 55, death, start = entry - 55, group = male)),
  leukemia = with(leukemia, rows(time, status, group = x)),
  pbcseq = with(pbc_rows, rows(stop, event, start = start, group = sex)),
  lung_weights = with(lung, rows(time, status == 2, group = sex, weight = 1 + (seq_along(time) %% 3))),
  bladder2_cluster = with(bladder2, rows(stop, event, start = start, group = rx, cluster = id)),
  lung_robust = with(lung, rows(time, status == 2, group = sex, weight = 0.5 + (seq_along(time) %% 4) / 2,
                                cluster = seq_along(time)))
)
for (case in names(curve_cases)) {
  d <- curve_cases[[case]]
  save(d, "km", case, "data")
  d$y <- if (is.null(d$start)) with(d, Surv(stop, event)) else with(d, Surv(start, stop, event))
  d$w <- if (is.null(d$weight)) 1 else d$weight
  groups <- sort(unique(as.character(d$group)))
  for (kind in c("log-log", "log", "plain")) for (g in groups) {
    part <- d[as.character(d$group) == g, ]
    fit <- if (is.null(d$cluster)) survfit(y ~ 1, part, weights = w, conf.type = kind)
           else survfit(y ~ 1, part, weights = w, cluster = cluster, conf.type = kind)
    # A curve's std.err is of log S, but of S itself where it is robust.
    se <- if (isTRUE(fit$logse)) fit$std.err * fit$surv else fit$std.err
    save(data.frame(time = fit$time, at_risk = fit$n.risk, events = fit$n.event, survival = fit$surv, se = se,
                    lower = fit$lower, upper = fit$upper), "km", case, kind, g)
    q <- quantile(fit, c(0.25, 0.5, 0.75))
    # With few at risk early on, a limit can turn back; quantile() and print() then disagree about where it crosses.
    turns <- any(diff(na.omit(fit$lower)) > 0) || any(diff(na.omit(fit$upper)) > 0)
    save(data.frame(p = c(0.25, 0.5, 0.75), time = q$quantile, lower = q$lower, upper = q$upper, turns = turns),
         "quantile", case, kind, g)
    tau <- floor(max(d$stop[d$event == 1]) * 0.6)
    mean <- survival:::survmean(fit, rmean = tau)$matrix
    if (kind == "log-log") save(data.frame(tau = tau, rmst = mean["rmean"], se = mean["se(rmean)"]), "rmst", case, g)
  }
}

# Log-rank: survdiff; for late entry the exact Cox score test, or where ties make that endless, the definition ----
by_definition <- function(d) {
  tied <- as.matrix(survival:::aeqSurv(with(d, Surv(start, stop, event))))
  d$start <- tied[, 1]
  d$stop <- tied[, 2]
  g <- model.matrix(~ group, d)[, -1, drop = FALSE]
  u <- 0
  v <- 0
  for (s in split(seq_len(nrow(d)), d$stratum)) for (t in unique(d$stop[s][d$event[s] == 1])) {
    at <- s[d$start[s] < t & d$stop[s] >= t]
    out <- at[d$stop[at] == t & d$event[at] == 1]
    if (length(at) < 2) next
    u <- u + colSums(g[out, , drop = FALSE]) - length(out) * colMeans(g[at, , drop = FALSE])
    v <- v + length(out) * (length(at) - length(out)) / length(at) * cov(g[at, , drop = FALSE])
  }
  drop(u %*% solve(v, u))
}
logrank_cases <- list(
  lung = with(lung, rows(time, status == 2, group = sex)),
  lung_stratified = with(lung, rows(time, status == 2, group = ph.ecog, stratum = sex)),
  veteran = with(veteran, rows(time, status, group = celltype)),
  veteran_stratified = with(veteran, rows(time, status, group = celltype, stratum = paste(trt, prior))),
  colon = with(dead, rows(ceiling(time / 91), status, group = rx, stratum = extent)),
  rotterdam = with(rotterdam, rows(ceiling(dtime / 365), death, group = size)),
  heart = with(heart, rows(stop, event, start = start, group = transplant)),
  mgus2_age = with(mgus, rows(exit, death, start = entry, group = cut(hgb, c(0, 11, 13, 30)))),
  bladder2 = with(bladder2, rows(stop, event, start = start, group = pmin(number, 4), stratum = rx))
)
for (case in names(logrank_cases)) {
  d <- logrank_cases[[case]]
  save(d, "logrank", case, "data")
  d$group <- factor(d$group)
  strata <- if (!is.null(d$stratum)) "strata(stratum)"
  test <- if (is.null(d$start)) survdiff(reformulate(c("group", strata), "Surv(stop, event)"), d)$chisq
          else if (case == "heart") coxph(Surv(start, stop, event) ~ group, d, ties = "exact")$score
          else by_definition(transform(d, stratum = if (is.null(d$stratum)) 1 else d$stratum))
  save(data.frame(statistic = test), "logrank", case, "stat")
}

# Competing risks ---------------------------------------------------------------------------------------------------
mgus$kind <- with(mgus, ifelse(pstat == 1, 1, ifelse(death == 1, 2, 0)))
mgus$when <- with(mgus, ifelse(pstat == 1, ptime, futime))
late <- subset(mgus, entry > 60 & when > 0)
half <- do.call(rbind, lapply(seq_len(nrow(late)), function(i) with(late[i, ], data.frame(
  id = id, start = entry + c(0, when / 24), stop = entry + c(when / 24, when / 12), kind = c(0, kind)))))
aj_cases <- list(
  mgus2 = with(mgus2, data.frame(id = id, stop = ifelse(pstat == 1, ptime, futime),
                                 kind = ifelse(pstat == 1, 1, ifelse(death == 1, 2, 0)))),
  mgus2_age = half,
  transplant = with(subset(transplant, futime > 0), data.frame(id = seq_along(futime), stop = futime,
                                                              kind = as.integer(event) - 1)),
  pbc = with(pbc, data.frame(id = id, stop = time, kind = status)),
  pbc_weights = with(pbc, data.frame(id = id %% 100, stop = time, kind = status, weight = 0.5 + (id %% 5) / 2))
)
for (case in names(aj_cases)) {
  d <- aj_cases[[case]]
  save(d, "aj", case, "data")
  d$f <- factor(d$kind, 0:max(d$kind), c("none", paste0("c", seq_len(max(d$kind)))))
  d$w <- if (is.null(d$weight)) 1 else d$weight
  for (kind in c("log", "log-log")) {
    fit <- if (!is.null(d$start)) survfit(Surv(start, stop, f) ~ 1, d, id = id, conf.type = kind)
           else survfit(Surv(stop, f) ~ 1, d, weights = w, conf.type = kind, influence = TRUE)
    for (k in seq_len(max(d$kind))) {
      found <- data.frame(time = fit$time, incidence = fit$pstate[, k + 1], se = fit$std.err[, k + 1],
                          lower = fit$lower[, k + 1], upper = fit$upper[, k + 1])
      if (anyDuplicated(d$id) && is.null(d$start)) {
        # Multi-state survfit 3.5 takes `cluster` and ignores it: sum its influence by cluster instead.
        influence <- fit$influence.pstate[, -1, k + 1]
        stopifnot(all.equal(sqrt(colSums((influence * d$w)^2)), found$se))
        found$se <- sqrt(colSums(rowsum(influence * d$w, d$id)^2))
        found[c("lower", "upper")] <- survival:::survfit_confint(found$incidence, found$se, logse = FALSE, kind, 0.95)
      }
      save(found, "aj", case, kind, k)
    }
  }
}

# Discrete-time hazard: glm with a spline or steps, cluster sandwich by its definition ------------------------------------
discrete_cases <- list(
  lung = list(with(lung, rows(ceiling(time / 30), status == 2, age = age, sex = sex, ecog = ph.ecog)), 1:40),
  veteran = list(with(veteran, rows(ceiling(time / 30), status, karno = karno, age = age)), 1:40),
  colon = list(with(dead, rows(ceiling(time / 91), status, age = age, nodes = nodes, extent = extent)), 1:40)
)
for (case in names(discrete_cases)) {
  d <- discrete_cases[[case]][[1]]
  d$id <- seq_len(nrow(d))
  terms <- setdiff(names(d), c("stop", "event", "id"))
  long <- survSplit(Surv(stop, event) ~ ., d, cut = discrete_cases[[case]][[2]], start = "start")
  save(d, "discrete", case, "data")
  save(long, "discrete", case, "long")
  knots <- unname(quantile(long$stop[long$event == 1], c(0.05, 0.35, 0.65, 0.95), type = 1))
  for (shape in c("spline", "steps")) {
    base <- if (shape == "spline") "ns(stop, knots = knots[2:3], Boundary.knots = knots[c(1, 4)])"
            else "cut(stop, c(-Inf, 3, 8, Inf))"
    fit <- glm(reformulate(c(base, terms), "event"), binomial("cloglog"), long,
               control = glm.control(epsilon = 1e-14, maxit = 100))
    scores <- residuals(fit, "working") * weights(fit, "working") * model.matrix(fit)
    influence <- rowsum(scores, long$id) %*% vcov(fit)
    robust <- crossprod(influence)
    keep <- match(terms, names(coef(fit)))
    save(data.frame(term = terms, coef = coef(fit)[keep], se = sqrt(diag(vcov(fit)))[keep],
                    robust_se = sqrt(diag(robust))[keep], loglik = as.numeric(logLik(fit))),
         "discrete", case, shape, "coef")
    new <- long[c(2, 30, 77), ]
    one <- predict(fit, new, type = "link")
    three <- lapply(0:2, function(j) transform(new, stop = stop + j))
    design <- lapply(three, function(n) model.matrix(delete.response(terms(fit)), n, xlev = fit$xlevels))
    hazard <- lapply(design, function(m) as.vector(exp(m %*% coef(fit))))
    total <- Reduce(`+`, hazard)
    gradient <- Reduce(`+`, Map(`*`, hazard, design)) / total
    save(data.frame(row = c(2, 30, 77) - 1, one = 1 - exp(-exp(one)), three = 1 - exp(-total),
                    log_hazard = log(total), se = sqrt(diag(gradient %*% robust %*% t(gradient)))),
         "discrete", case, shape, "predict")
  }
}

# Thresholds: log-rank scores, every cut ------------------------------------------------------------------------------------
threshold_cases <- list(
  lung = with(lung, rows(time, status == 2, value = age)),
  mgus2 = with(subset(mgus2, futime > 0), rows(futime, death, value = hgb)),
  heart = with(heart, rows(stop, event, start = start, value = age)),
  pbc = with(pbc, rows(time, status == 2, value = bili))
)
for (case in names(threshold_cases)) {
  d <- threshold_cases[[case]]
  save(d, "threshold", case, "data")
  y <- if (is.null(d$start)) with(d, Surv(stop, event)) else with(d, Surv(start, stop, event))
  a <- residuals(coxph(y ~ 1, ties = "breslow"), "martingale")
  n <- length(a)
  cuts <- sort(unique(d$value))
  m <- sapply(cuts, function(cut) sum(d$value <= cut))
  keep <- m >= 0.1 * n & m <= 0.9 * n
  z <- sapply(which(keep), function(i) (sum(a[d$value <= cuts[i]]) - m[i] * mean(a)) /
                sqrt(m[i] * (n - m[i]) / (n * (n - 1)) * sum((a - mean(a))^2)))
  save(data.frame(cut = cuts[keep], z = z), "threshold", case, "path")
}

# Validation: concordance, inverse censoring weights, calibration slope ------------------------------------------------
validation_cases <- list(
  lung = with(lung, rows(time, status == 2, age = age, sex = sex, cluster = inst)),
  pbc = with(pbc, rows(time, status == 2, age = age, bili = bili, cluster = id %% 50)),
  colon = with(dead, rows(time, status, age = age, nodes = nodes, cluster = id %% 90))
)
for (case in names(validation_cases)) {
  d <- validation_cases[[case]]
  terms <- setdiff(names(d), c("stop", "event", "cluster"))
  horizon <- as.numeric(median(d$stop)) + 0.5
  d$p <- plogis(-0.5 + 0.7 * as.vector(scale(as.matrix(d[terms]) %*% c(1, -0.5))))
  d$p <- round(d$p, 2)
  d$y <- as.integer(d$stop <= horizon & d$event == 1)
  d$weight <- 1 + (seq_along(d$p) %% 3)
  ipcw <- rttright(Surv(stop, event) ~ 1, d, times = horizon)
  auc <- concordance(y ~ p, d, weights = weight, cluster = cluster)
  slope <- glm(y ~ log(-log(1 - p)), binomial("cloglog"), d, weights = weight, control = glm.control(epsilon = 1e-14))
  scores <- residuals(slope, "working") * weights(slope, "working") * model.matrix(slope)
  robust <- crossprod(rowsum(scores, d$cluster) %*% vcov(slope))
  save(cbind(d, ipcw = as.vector(ipcw), horizon = horizon), "validation", case, "data")
  save(data.frame(auc = auc$concordance, auc_se = sqrt(auc$var), slope = coef(slope)[2],
                  slope_se = sqrt(robust[2, 2])), "validation", case, "stat")
}

p <- c(0.0001, 0.004, 0.019, 0.095, 0.201, 0.278, 0.298, 0.344, 0.459, 0.324, 0.426, 0.572, 0.652, 0.759, 1)
save(data.frame(p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH")), "adjust")
