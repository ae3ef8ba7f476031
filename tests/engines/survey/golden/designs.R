# Reference figures for designs, lonely units, calibration, replicates and unequal probabilities, on data made here.
# usage: Rscript designs.R OUTDIR   (R package survey 4.5 and jsonlite)
suppressMessages({library(survey); library(jsonlite)}); out <- commandArgs(TRUE)[1]; set.seed(11)
W <- function(d,f) write.csv(d,file.path(out,f),row.names=FALSE,na="")
cases <- list()
trim <- function(x) trimws(as.character(x))
num <- function(x) { x <- as.numeric(x); if (length(x)==0 || !is.finite(x)) NULL else x }
nl <- function(x) { x <- as.numeric(x); if(length(x)==0||!is.finite(x)) NA else x }
wsub <- function(d, cond) { for (k in names(cond)) { keep <- trim(d$variables[[k]])==trim(cond[[k]]); keep[is.na(keep)] <- FALSE; d <- d[keep,] }; d }
meth <- c(logit="xlogit",beta="beta",likelihood="likelihood",arcsine="asin",wilson="wilson",t="mean",normal="mean")
one <- function(d, e, full, cat=NULL) {
  na <- identical(e$missing,"drop"); lev <- if (is.null(e$level)) .95 else e$level
  iv <- if (is.null(e$interval)) "t" else e$interval
  dm <- d
  vars <- c(e$variable, e$denominator)
  if (na) { ok <- complete.cases(d$variables[,vars,drop=FALSE]); dm <- d[ok,] }
  df <- if (identical(e$df,"domain")) degf(dm) else degf(full)
  DF <- if (iv=="normal") Inf else df
  dref <- if (identical(e$deff,"wr")) "replace" else TRUE
  isp <- inherits(d,"pps") || isTRUE(e$nodeff)
  val <- if (!is.null(cat)) cat else e$value
  st <- e$statistic
  if (st=="quantile") {
    return(lapply(e$probabilities, function(p) {
      f <- as.formula(paste0("~`",e$variable,"`"))
      q <- svyquantile(f, dm, p, alpha=1-lev, df=DF, na.rm=FALSE, interval.type=switch(iv,logit="xlogit",beta="beta",arcsine="asin","mean"))
      z <- q[[1]]
      list(probability=p, estimate=nl(z[1]), low=nl(z[2]), high=nl(z[3]), se=nl(z[4]), df=df)
    }))
  }
  if (!is.null(val)) dm$variables$.y <- as.numeric(trim(dm$variables[[e$variable]])==trim(val)) else dm$variables$.y <- dm$variables[[e$variable]]
  dm$variables$.y[weights(dm,"sampling")==0 & is.na(dm$variables$.y)] <- 0
  r <- list(category=if (is.null(cat)) NULL else trim(cat))
  if (st=="ratio") {
    dm$variables$.x <- dm$variables[[e$denominator]]
    dm$variables$.x[weights(dm,"sampling")==0 & is.na(dm$variables$.x)] <- 0
    m <- svyratio(~.y,~.x,dm,deff=if(isp) FALSE else dref)
    est <- as.numeric(coef(m)); se <- as.numeric(SE(m)); de <- if(isp) NA else as.numeric(attr(m,"deff")); if(is.null(de)) de <- NA
    q <- if (is.infinite(DF)) qnorm((1+lev)/2) else qt((1+lev)/2,DF)
    ci <- est+c(-1,1)*q*se
  } else {
    fun <- if (st=="total") svytotal else svymean
    m <- fun(~.y,dm,deff=if(isp) FALSE else dref)
    est <- as.numeric(coef(m)); se <- as.numeric(SE(m)); de <- if(isp) NA else as.numeric(deff(m))
    if (iv %in% c("t","normal")) ci <- as.numeric(confint(m,level=lev,df=DF))
    else if (se>0 && est>0 && est<1) {
      if (iv=="beta" && !identical(e$df,"domain")) { # R's own uses degf(design); ours the chosen df
        nn <- sum(weights(dm,"sampling")!=0); ne <- est*(1-est)/se^2*(qt((1-lev)/2,nn-1)/qt((1-lev)/2,df))^2
        ci <- c(qbeta((1-lev)/2,ne*est,ne*(1-est)+1),qbeta(1-(1-lev)/2,ne*est+1,ne*(1-est)))
      } else ci <- suppressWarnings(tryCatch(as.numeric(confint(svyciprop(~.y,dm,method=meth[[iv]],level=lev,df=df))), error=function(x) c(NA,NA)))
    } else ci <- c(NA,NA)
  }
  c(r, list(estimate=est,se=se,low=nl(ci[1]),high=nl(ci[2]),deff=nl(de),df=df,n=sum(weights(dm,"sampling")!=0),weighted_n=sum(weights(dm,"sampling"))))
}
expect <- function(full, e) {
  d <- if (length(e$where)) wsub(full, e$where) else full
  rows <- list()
  if (e$statistic=="difference") {
    e2 <- e; e2$statistic <- e$of
    k <- names(e$from)[1]
    a <- trim(d$variables[[k]]); d$variables$.k <- factor(ifelse(a==trim(e$from[[1]]),"1f",ifelse(a==trim(e$to[[1]]),"2t","3o")))
    if (!is.null(e$value)) d$variables$.y <- as.numeric(trim(d$variables[[e$variable]])==trim(e$value)) else d$variables$.y <- d$variables[[e$variable]]
    F <- switch(e$of, total=svytotal, svymean)
    if (e$of=="ratio") { d$variables$.x <- d$variables[[e$denominator]]; s <- svyby(~.y,~.k,denominator=~.x,d,svyratio,covmat=TRUE) } else s <- svyby(~.y,~.k,d,F,covmat=TRUE,na.rm=identical(e$missing,"drop"))
    co <- c(-1,1,rep(0,nrow(s)-2)); v <- vcov(s); est <- sum(co*coef(s)); se <- sqrt(drop(co%*%v%*%co))
    df <- degf(full); q <- qt(.975,df)
    return(list(list(estimate=est,se=se,low=est-q*se,high=est+q*se,df=df)))
  }
  if (length(e$by)) {
    b <- lapply(e$by,function(k) trim(d$variables[[k]])); key <- do.call(paste,c(b,sep="\r"))
    live <- weights(d,"sampling")!=0; if (identical(e$missing,"drop")) live <- live & complete.cases(d$variables[,c(e$variable,e$denominator),drop=FALSE])
    groups <- sort(unique(key[live]))
  } else groups <- NA
  for (g in groups) {
    dd <- if (is.na(g)) d else d[key==g,]
    by <- if (is.na(g)) NULL else setNames(as.list(strsplit(g,"\r")[[1]]), e$by)
    cats <- if (e$statistic=="proportion" && is.null(e$value)) as.list(sort(unique(trim(na.omit(full$variables[[e$variable]]))))) else list(NULL)
    for (ct in cats) { r <- one(dd,e,full,ct); if (e$statistic=="quantile") rows <- c(rows, lapply(r,function(x) c(list(by=by),x))) else rows <- c(rows, list(c(list(by=by),r))) }
  }
  rows
}
case <- function(id, data, spec, design, estimates) {
  ex <- lapply(estimates, function(e) tryCatch(expect(design,e), error=function(x) list(list(error=conditionMessage(x)))))
  estimates <- lapply(estimates,function(e) { e$nodeff <- NULL; e })
  for (i in seq_along(estimates)) estimates[[i]]$id <- paste0("e",i)
  cases[[length(cases)+1]] <<- list(id=id,data=data,spec=c(spec,list(estimates=estimates)),expected=ex)
}
wr <- function() write_json(list(reference=list(R=R.version.string,survey=as.character(packageVersion("survey"))),cases=cases),file.path(out,"designs.json"),digits=NA,auto_unbox=TRUE,na="null",null="null")

## 6 strata, 4 or 3 towns each of 20, 3 to 5 households of 30 in a town
d <- do.call(rbind,lapply(1:6,function(h) do.call(rbind,lapply(1:(3+h%%2),function(t) { m <- 3+(h+t)%%3
 data.frame(stratum=letters[h],town=t,house=1:m,N1=20,N2=30,w=round(20/(3+h%%2)*30/m,3),base=rnorm(1,0,.6)) }))))
n <- nrow(d); d$group <- sample(c("01","2","10"),n,TRUE); d$sex <- sample(c("f","m"),n,TRUE); d$score <- round(50+10*d$base+rnorm(n,0,8),1)
d$able <- as.integer(d$score>55); d$size <- round(runif(n,5,30)); d$part <- round(d$size*runif(n,.3,.9)); d$gap <- d$score; d$gap[sample(n,12)] <- NA; d$base <- NULL
d$one <- ifelse(d$stratum=="a" & d$town==1,"lonely",d$stratum); d$unit <- paste0(d$stratum,d$town); W(d,"designs.csv")
L <- list(list(statistic="mean",variable="score"),list(statistic="total",variable="score",by=list("group"),deff="wr"),list(statistic="mean",variable="gap",missing="drop",by=list("sex"),df="domain"),
 list(statistic="proportion",variable="group",where=list(sex="f")),list(statistic="proportion",variable="able",value=1,by=list("sex"),interval="logit"),list(statistic="proportion",variable="able",value=1,interval="beta"),
 list(statistic="proportion",variable="able",value=1,interval="wilson",level=.9),list(statistic="ratio",variable="part",denominator="size",by=list("sex")),list(statistic="quantile",variable="score",probabilities=list(.25,.5)),
 list(statistic="difference",of="mean",variable="score",from=list(sex="f"),to=list(sex="m")),list(statistic="difference",of="ratio",variable="part",denominator="size",from=list(sex="f"),to=list(sex="m")))
D <- list(weights="w",strata=list("stratum"),clusters=list("town","house"),nest=TRUE); F <- c(D,list(fpc=list("N1","N2")))
two <- svydesign(~town+house,strata=~stratum,weights=~w,fpc=~N1+N2,nest=TRUE,data=d); wr1 <- svydesign(~town,strata=~stratum,weights=~w,nest=TRUE,data=d)
case("two_stages","designs.csv",list(design=F),two,L); case("with_replacement","designs.csv",list(design=D),wr1,L)
for (r in c("adjust","average","remove","certainty")) { options(survey.lonely.psu=r); case(paste0("lonely_",r),"designs.csv",list(design=list(weights="w",strata=list("one"),clusters=list("unit"),lonely_psu=r)),svydesign(~unit,strata=~one,weights=~w,data=d),L) }
options(survey.lonely.psu="fail")
N <- sum(d$w); tg <- round(tapply(d$w,d$group,sum)*c(1.1,.95,1)); ts <- c(f=round(sum(tg)*.52),m=sum(tg)-round(sum(tg)*.52)); g <- data.frame(group=names(tg),Freq=as.numeric(tg)); s <- data.frame(sex=names(ts),Freq=as.numeric(ts))
mg <- list(columns=list("group"),totals=as.list(tg)); ms <- list(columns=list("sex"),totals=as.list(ts)); t3 <- c(`(Intercept)`=sum(tg),sexm=ts[["m"]],size=round(sum(d$w*d$size)*1.04))
case("rake","designs.csv",list(design=F,calibration=list(method="rake",margins=list(mg,ms))),rake(two,list(~group,~sex),list(g,s),control=list(maxit=500,epsilon=1e-12)),L)
case("poststratify","designs.csv",list(design=F,calibration=list(method="poststratify",margins=list(mg))),postStratify(two,~group,g),L)
C <- function(m,b=NULL) list(design=F,calibration=c(list(method=m,model=list("sex","size"),totals=as.list(t3)),if(!is.null(b)) list(bounds=b)))
case("linear","designs.csv",C("linear"),calibrate(two,~sex+size,t3),L)
case("raking","designs.csv",C("raking",list(.7,1.5)),calibrate(two,~sex+size,t3,calfun="raking",bounds=c(.7,1.5),epsilon=1e-12,maxit=500),L)
case("logit","designs.csv",C("logit",list(.6,1.8)),calibrate(two,~sex+size,t3,calfun="logit",bounds=c(.6,1.8),epsilon=1e-12,maxit=500),L)
jn <- as.svrepdesign(wr1,type="JKn",compress=FALSE); case("jackknife","designs.csv",list(design=D,replicates=list(make=list(type="JKn"))),jn,L)
case("jackknife_raked","designs.csv",list(design=D,replicates=list(make=list(type="JKn")),calibration=list(method="rake",margins=list(mg,ms))),rake(jn,list(~group,~sex),list(g,s),control=list(maxit=500,epsilon=1e-12)),L)
j1 <- as.svrepdesign(svydesign(~unit,weights=~w,data=d),type="JK1",mse=TRUE,compress=FALSE); case("jackknife_one_mse","designs.csv",list(design=list(weights="w",clusters=list("unit")),replicates=list(make=list(type="JK1"),mse=TRUE)),j1,L)
e <- data.frame(p=round(runif(25,.05,.6),4)); e$votes <- round(2000*e$p*runif(25,.7,1.3)); e$yes <- round(e$votes*runif(25,.3,.7)); e$side <- rep(c("l","r"),length.out=25); W(e,"unequal.csv")
P <- lapply(list(list(statistic="total",variable="yes"),list(statistic="mean",variable="yes",by=list("side")),list(statistic="ratio",variable="yes",denominator="votes")),function(x) c(x,list(nodeff=TRUE)))
U <- function(m,x=NULL) list(design=list(pps=c(list(method=m,probability="p"),x)))
case("brewer","unequal.csv",U("brewer"),svydesign(~1,fpc=~p,data=e,pps="brewer"),P); case("overton","unequal.csv",U("overton"),svydesign(~1,probs=~p,data=e,pps="overton"),P)
case("hartley_rao","unequal.csv",U("hartley-rao",list(psum=.4)),svydesign(~1,probs=~p,data=e,pps=HR(.4)),P); case("hartley_rao_sample","unequal.csv",U("hartley-rao"),svydesign(~1,probs=~p,data=e,pps=HR()),P)
wr()
